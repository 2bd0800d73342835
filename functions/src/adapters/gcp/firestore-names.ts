/**
 * Paths of ours as names of Firestore's, and back. Firestore keeps ids and field names like `__x__` for itself: such a one gets a `~` more,
 * and so does one that looks as if it had got one, so that no two names become the same.
 */
import { collectionOf } from '@automateos/shared/documents/document-path';

export type FirestoreNames = {
  /** `projects/P/databases/D` */
  readonly database: string;
  document(path: string): string;
  /** The path of a document's full name. */
  path(name: string): string;
  /** Where a query begins: the collection's parent document, or the database for a collection group. */
  collection(collection: string, group: boolean): { readonly parent: string; readonly collectionId: string };
};

export function createNames({ projectId, databaseId }: { projectId: string; databaseId: string }): FirestoreNames {
  const database = `projects/${projectId}/databases/${databaseId}`;
  const root = `${database}/documents`;
  const document = (path: string): string => `${root}/${escapePath(path)}`;
  return {
    database,
    document,
    path: (name) => unescapePath(name.slice(root.length + 1)),
    collection(collection, group) {
      const parent = group || !collection.includes('/') ? root : document(collectionOf(collection));
      return { parent, collectionId: escapeName(collection.slice(collection.lastIndexOf('/') + 1)) };
    },
  };
}

export const escapePath = (path: string): string => (path.includes('__') ? path.split('/').map(escapeName).join('/') : path);
export const unescapePath = (path: string): string => (path.includes('__') ? path.split('/').map(unescapeName).join('/') : path);

export const escapeName = (name: string): string => (/^__.*__~*$/s.test(name) ? `${name}~` : name);
const unescapeName = (name: string): string => (/^__.*__~+$/s.test(name) ? name.slice(0, -1) : name);

/** A dotted field as a field path of Firestore's. */
export const fieldPath = (field: string): string => field.split('.').map(quoted).join('.');

function quoted(segment: string): string {
  const name = escapeName(segment);
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replace(/[\\`]/g, '\\$&')}\``;
}

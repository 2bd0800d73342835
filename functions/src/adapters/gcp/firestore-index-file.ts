/**
 * firestore.indexes.json as the Firestore adapter reads it: which fields of a collection group are copied out of the document's JSON so
 * that they can be indexed, and which queries the indexes serve. What the file does not name has no index: the entry
 * `__default__` `*` turns Firestore's automatic ones off.
 */
import { z } from 'zod';

const Order = z.enum(['ASCENDING', 'DESCENDING']);
const Scope = z.enum(['COLLECTION', 'COLLECTION_GROUP']);
const Contains = z.literal('CONTAINS');

export const FirestoreIndexFile = z.object({
  indexes: z.array(
    z.object({
      collectionGroup: z.string(),
      queryScope: Scope,
      fields: z.array(z.object({ fieldPath: z.string(), order: Order.optional(), arrayConfig: Contains.optional() })).min(1),
    }),
  ),
  fieldOverrides: z.array(
    z.object({
      collectionGroup: z.string(),
      fieldPath: z.string(),
      ttl: z.boolean().default(false),
      indexes: z.array(
        z.object({ order: Order.optional(), arrayConfig: Contains.optional(), queryScope: Scope.default('COLLECTION') }),
      ),
    }),
  ),
});
export type FirestoreIndexFile = z.infer<typeof FirestoreIndexFile>;

export type IndexedField = { readonly field: string; readonly mode: z.infer<typeof Order> | 'CONTAINS' };
export type FieldIndex = { readonly scope: z.infer<typeof Scope>; readonly fields: readonly IndexedField[] };

export type GroupIndexes = {
  readonly indexes: readonly FieldIndex[];
  /** Dotted fields that need a native copy. */
  readonly fields: readonly string[];
  /** Those of them whose lists are copied, too. */
  readonly lists: ReadonlySet<string>;
  /** Firestore deletes documents by itself some time after their `expiresAt`. */
  readonly expires: boolean;
};

/** Native fields of ours. `json`: the document. `tok`: the commit that wrote it. `ttl`: a timestamp, where documents expire. */
export const ownFields = { json: 'json', token: 'tok', expiry: 'ttl' } as const;

const none: GroupIndexes = { indexes: [], fields: [], lists: new Set(), expires: false };

export function indexesByGroup(file: FirestoreIndexFile): (group: string) => GroupIndexes {
  const groups = new Set([...file.indexes, ...file.fieldOverrides].map(({ collectionGroup }) => collectionGroup));
  const byGroup = new Map([...groups].map((group) => [group, indexesOf(file, group)]));
  return (group) => byGroup.get(group) ?? none;
}

function indexesOf(file: FirestoreIndexFile, group: string): GroupIndexes {
  const overrides = file.fieldOverrides.filter(({ collectionGroup }) => collectionGroup === group);
  const composite = file.indexes
    .filter(({ collectionGroup }) => collectionGroup === group)
    .map(({ queryScope, fields }) => ({ scope: queryScope, fields: fields.map(indexedField) }));
  const single = overrides.flatMap(({ fieldPath, indexes }) =>
    indexes.map(({ queryScope, ...mode }) => ({ scope: queryScope, fields: [indexedField({ fieldPath, ...mode })] })),
  );
  const indexes = [...composite, ...single];
  const named = indexes.flatMap(({ fields }) => fields);
  const reserved = named.find(({ field }) => Object.values<string>(ownFields).includes(field));
  if (reserved) throw new TypeError(`${group}.${reserved.field}: the name is taken by a field of every stored document`);
  return {
    indexes,
    fields: [...new Set(named.map(({ field }) => field))],
    lists: new Set(named.filter(({ mode }) => mode === 'CONTAINS').map(({ field }) => field)),
    expires: overrides.some(({ fieldPath, ttl }) => fieldPath === ownFields.expiry && ttl),
  };
}

type NamedField = { fieldPath: string; order?: z.infer<typeof Order> | undefined; arrayConfig?: 'CONTAINS' | undefined };

function indexedField({ fieldPath, order, arrayConfig }: NamedField): IndexedField {
  return { field: fieldPath, mode: arrayConfig ?? order ?? 'ASCENDING' };
}

/**
 * Credentials as stored: what they are for in the clear, their data sealed for this document alone. Nothing here can be turned back into
 * a secret without the key ring.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import { z } from 'zod';
import type { App } from '../app-context.ts';
import { digest } from '../digest.ts';
import { isDocumentId } from '../document-id.ts';

export const Credential = z.object({
  id: z.string(),
  org: z.string(),
  name: z.string(),
  kind: z.string(),
  /** Names of the fields it holds. */
  fields: z.array(z.string()),
  sealed: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  updatedAt: z.string(),
});
export type Credential = z.infer<typeof Credential>;

export type CredentialData = Readonly<Record<string, string>>;

/** Nothing could ever use a credential of another kind: it is a typing error. Throws INVALID_PARAMS that lists the kinds. */
export function requireKnownKind(kind: string, kinds: readonly string[]): void {
  if (kinds.includes(kind)) return;
  const message = `No installed node type takes credentials of kind ${kind}. There are: ${kinds.join(', ')}.`;
  throw new AppError('INVALID_PARAMS', { reason: message }, { problems: [{ path: 'kind', code: 'NOT_ALLOWED', message }] });
}

/** What each kind must hold; kinds of added node types hold what they like. */
const requiredFields: Readonly<Record<string, readonly string[]>> = {
  'http-header': ['name', 'value'],
  'http-basic': ['user', 'password'],
  'http-bearer': ['token'],
  'webhook-secret': ['secret'],
};

/** Throws INVALID_PARAMS. */
export function checkCredentialData(kind: string, data: CredentialData): void {
  const required = Object.hasOwn(requiredFields, kind) ? requiredFields[kind] : undefined;
  if (required === undefined) return;
  const missing = required.filter((field) => !Object.hasOwn(data, field) || data[field] === '');
  const unknown = Object.keys(data).filter((field) => !required.includes(field));
  if (missing.length === 0 && unknown.length === 0) return;
  const problems = [
    ...missing.map((field) => ({ path: `data.${field}`, code: 'REQUIRED', message: `${kind} needs ${field}.` })),
    ...unknown.map((field) => ({
      path: `data.${field.slice(0, 64)}`,
      code: 'UNKNOWN_FIELD',
      message: `${kind} has no such field.`,
    })),
  ];
  throw new AppError('INVALID_PARAMS', { reason: `${kind} takes the fields ${required.join(', ')}.` }, { problems });
}

export async function readCredential(
  app: App,
  org: string,
  id: string,
): Promise<{ readonly credential: Credential; readonly row: Snapshot }> {
  const row = isDocumentId(id) ? await app.store.get(paths.credential(org, id)) : null;
  if (row === null) throw new AppError('NOT_FOUND', { what: 'credential', id: id.slice(0, 64) });
  return { credential: Credential.parse(row.data), row };
}

/** The context is the document's own path: the text opens nowhere else. */
export function sealCredential(app: App, path: string, data: CredentialData): Promise<string> {
  return app.secrets.seal(JSON.stringify(data satisfies JsonObject), path);
}

/** Reserves a name: nodes refer to credentials by it. */
export function credentialNamePath(org: string, name: string): string {
  return `organizations/${org}/credential-names/${digest('credential-name', name.normalize('NFC'))}`;
}

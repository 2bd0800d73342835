/**
 * Credentials as stored: what they are for in the clear, their data sealed for this document alone. Nothing here can be turned back into
 * a secret without the key ring.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { CredentialType } from '@automateos/shared/model/credential-type';
import type { JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import { z } from 'zod';
import type { App } from '../app-context.ts';
import { digest } from '../digest.ts';
import { isDocumentId } from '../document-id.ts';
import { zodProblems } from '../zod-problems.ts';

/**
 *     (absent) --authorize, callback--> authorized --refresh token refused--> expired --authorize, callback--> authorized
 *
 * Tokens that need no person (client credentials, service accounts) are fetched when they are missing or about to end.
 */
export const CredentialGrantState = z.object({
  status: z.enum(['authorized', 'expired', 'none']),
  /** {accessToken, refreshToken?, tokenType}; null while there are none. */
  sealedTokens: z.string().nullable(),
  /** Of `sealedTokens`. */
  revision: z.int(),
  /** Of the access token; null where the service does not say. */
  expiresAt: z.string().nullable(),
  scope: z.string().nullable(),
  /** Who renews the tokens at the moment. */
  lease: z.object({ owner: z.string(), until: z.string() }).nullable(),
});
export type CredentialGrantState = z.infer<typeof CredentialGrantState>;

export const Credential = z.object({
  id: z.string(),
  org: z.string(),
  name: z.string(),
  kind: z.string(),
  /** Names of the fields it holds. */
  fields: z.array(z.string()),
  sealed: z.string(),
  /** Of `sealed`: 1, 2, ... Absent in what earlier releases stored. */
  revision: z.int().optional(),
  /** Where it may be sent; absent or empty = wherever its kind may. */
  allowedHosts: z.array(z.string()).optional(),
  /** From the server's environment: read-only here. */
  source: z.literal('environment').optional(),
  /** Tokens of an OAuth grant. */
  grant: CredentialGrantState.optional(),
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

/** Kinds that a node type only names hold what they like. Throws INVALID_PARAMS, which says nothing of what was sent. */
export function checkCredentialData(type: CredentialType | undefined, data: CredentialData): void {
  const parsed = type?.data.safeParse(data);
  if (type === undefined || parsed === undefined || parsed.success) return;
  const problems = zodProblems(parsed.error, 'data', data);
  throw new AppError('INVALID_PARAMS', { reason: `The data of ${type.kind} has ${problems.length} problem(s).` }, { problems });
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

/** Bound to the document's own path and revision: the text opens nowhere else, and no earlier one in its place. */
export function sealCredential(app: App, path: string, revision: number, data: JsonObject): Promise<string> {
  return app.secrets.seal(JSON.stringify(data), sealContext(path, revision));
}

export function openSealed(
  app: App,
  path: string,
  { sealed, revision }: Pick<Credential, 'sealed' | 'revision'>,
): Promise<string> {
  return app.secrets.open(sealed, sealContext(path, revision));
}

/** Credentials of earlier releases have no revision. */
export function sealContext(path: string, revision: number | undefined): string {
  return revision === undefined ? path : `${path}@${revision}`;
}

export function tokensContext(path: string, revision: number): string {
  return `${path}#tokens@${revision}`;
}

/** Reserves a name: nodes refer to credentials by it. */
export function credentialNamePath(org: string, name: string): string {
  return `organizations/${org}/credential-names/${digest('credential-name', name.normalize('NFC'))}`;
}

/** Credentials are found by id or name within their organization, and opened for the one step that refers to them. */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import { StepError } from '@automateos/shared/model/step-error';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { isDocumentId } from '../document-id.ts';
import { Credential, openSealed } from './credential.ts';
import { credentialTypesOf } from './credential-types.ts';
import { freshTokens, tokenFields } from './grants/fresh-tokens.ts';
import { type OpenedCredential, openedCredential } from './opened-credential.ts';

export type FoundCredential = { readonly kind: string; readonly credential: Credential; readonly row: Snapshot };

/** By id or name; null when this organization has neither. */
export async function findCredential(app: App, org: string, idOrName: string): Promise<FoundCredential | null> {
  const byId = isDocumentId(idOrName) ? await app.store.get(paths.credential(org, idOrName)) : null;
  const name = idOrName.normalize('NFC');
  const [row] = byId
    ? [byId]
    : await app.store.query({ collection: paths.credentials(org), where: [['name', '==', name]], limit: 1 });
  if (row === undefined) return null;
  const credential = Credential.parse(row.data);
  return { kind: credential.kind, credential, row };
}

/** Throws StepError CREDENTIAL_NOT_FOUND, also for a credential of another organization: its existence is none of this one's business. */
export async function openCredential(app: App, org: string, idOrName: string): Promise<OpenedCredential> {
  const found = await findCredential(app, org, idOrName);
  if (found === null) {
    throw new StepError({ code: 'CREDENTIAL_NOT_FOUND', message: `There is no credential ${idOrName}`, retryable: false });
  }
  const { credential, row } = found;
  const type = credentialTypesOf(app.nodeTypes).get(credential.kind);
  const fields = await openData(app, row.path, credential);
  const granted =
    type?.grant === undefined
      ? {}
      : tokenFields(await freshTokens(app, { kind: type.grant, path: row.path, name: credential.name, data: fields }));
  const data: JsonObject = { ...fields, ...granted };
  return openedCredential(type, { ...credential, data, allowedHosts: credential.allowedHosts ?? [] });
}

export async function openData(app: App, path: string, credential: Credential): Promise<JsonObject> {
  const plain = JSON.parse(await openSealed(app, path, credential)) as JsonValue; // sealed by us as JSON
  return isJsonObject(plain) ? plain : {};
}

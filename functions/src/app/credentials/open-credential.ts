import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import { StepError } from '@automateos/shared/model/step-error';
import type { App } from '../app-context.ts';
import { isDocumentId } from '../document-id.ts';

/** By id or name; null when this organization has neither. */
export async function findCredential(
  app: App,
  org: string,
  idOrName: string,
): Promise<{ readonly kind: string; readonly sealed: string; readonly path: string } | null> {
  const byId = isDocumentId(idOrName) ? await app.store.get(paths.credential(org, idOrName)) : null;
  const name = idOrName.normalize('NFC');
  const [found] = byId
    ? [byId]
    : await app.store.query({ collection: paths.credentials(org), where: [['name', '==', name]], limit: 1 });
  return found ? { kind: String(found.data.kind), sealed: String(found.data.sealed), path: found.path } : null;
}

/** A credential by id or name, decrypted for the one step that refers to it. Throws StepError CREDENTIAL_NOT_FOUND. */
export async function openCredential(
  app: App,
  org: string,
  idOrName: string,
): Promise<{ readonly kind: string; readonly data: JsonObject }> {
  const found = await findCredential(app, org, idOrName);
  if (found === null) {
    throw new StepError({ code: 'CREDENTIAL_NOT_FOUND', message: `There is no credential ${idOrName}`, retryable: false });
  }
  const { kind, sealed, path } = found;
  const plain = JSON.parse(await app.secrets.open(sealed, path)) as JsonValue; // sealed by us as JSON
  return { kind, data: isJsonObject(plain) ? plain : {} };
}

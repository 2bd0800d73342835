import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import { StepError } from '@automateos/shared/model/step-error';
import type { App } from '../app-context.ts';
import { isDocumentId } from '../document-id.ts';

/** A credential by id or name, decrypted for the one step that refers to it. Throws StepError CREDENTIAL_NOT_FOUND. */
export async function openCredential(
  app: App,
  org: string,
  idOrName: string,
): Promise<{ readonly kind: string; readonly data: JsonObject }> {
  const byId = isDocumentId(idOrName) ? await app.store.get(paths.credential(org, idOrName)) : null;
  const [found] = byId
    ? [byId]
    : await app.store.query({ collection: paths.credentials(org), where: [['name', '==', idOrName]], limit: 1 });
  if (!found) {
    throw new StepError({ code: 'CREDENTIAL_NOT_FOUND', message: `There is no credential ${idOrName}`, retryable: false });
  }
  const { kind, sealed } = found.data;
  const plain = JSON.parse(await app.secrets.open(String(sealed), found.path)) as JsonValue; // sealed by us as JSON
  return { kind: String(kind), data: isJsonObject(plain) ? plain : {} };
}

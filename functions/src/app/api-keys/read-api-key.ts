import { ApiKey } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { isDocumentId } from '../document-id.ts';
import { type ListedApiKey, withLastUse } from './list-api-keys.ts';

export async function getApiKey(app: App, principal: Principal, id: string): Promise<ListedApiKey> {
  requirePermission(principal, 'api-keys.manage');
  const { apiKey } = await readApiKey(app, principal.org, id);
  const [listed = { ...apiKey, lastUsedAt: null }] = await withLastUse(app, principal.org, [apiKey]);
  return listed;
}

/** Throws NOT_FOUND. */
export async function readApiKey(
  app: App,
  org: string,
  id: string,
): Promise<{ readonly apiKey: ApiKey; readonly path: string; readonly version: string }> {
  const snapshot = isDocumentId(id) ? await app.store.get(paths.apiKey(org, id)) : null;
  if (snapshot === null) throw new AppError('NOT_FOUND', { what: 'API key', id: id.slice(0, 64) });
  return { apiKey: ApiKey.parse(snapshot.data), path: snapshot.path, version: snapshot.version };
}

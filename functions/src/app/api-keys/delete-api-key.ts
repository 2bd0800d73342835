import { ApiKey } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { isAtMost, requirePermission } from '../auth/permissions.ts';
import { isDocumentId } from '../document-id.ts';

/** The key stops working with the commit. */
export async function deleteApiKey(app: App, principal: Principal, id: string): Promise<void> {
  requirePermission(principal, 'api-keys.manage');
  const path = paths.apiKey(principal.org, id);
  const snapshot = isDocumentId(id) ? await app.store.get(path) : null;
  if (snapshot === null) throw new AppError('NOT_FOUND', { what: 'API key', id });
  const apiKey = ApiKey.parse(snapshot.data);
  if (!isAtMost(apiKey.role, principal.role))
    throw new AppError('FORBIDDEN', { role: principal.role, action: 'delete this key' });
  const target = { kind: 'api-key', id, name: apiKey.name };
  await app.store.commit([
    { kind: 'delete', path },
    { kind: 'delete', path: paths.apiKeyDigest(apiKey.digest) },
    { kind: 'delete', path: paths.apiKeyUse(principal.org, id) },
    auditWrite(app, principal, 'api-key.deleted', target, {}, { before: apiKey, after: null }),
  ]);
}

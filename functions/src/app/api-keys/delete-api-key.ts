import type { ApiKey } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { isAtMost, requirePermission } from '../auth/permissions.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { type Expected, requireUnchanged } from '../require-unchanged.ts';
import { readApiKey } from './read-api-key.ts';

/** The key stops working with the commit. Throws NOT_FOUND, FORBIDDEN, PRECONDITION_FAILED. */
export async function deleteApiKey(app: App, principal: Principal, id: string, expected?: Expected<ApiKey>): Promise<void> {
  requirePermission(principal, 'api-keys.manage');
  await decideAgain(async () => {
    const { apiKey, path, version } = await readApiKey(app, principal.org, id);
    if (!isAtMost(apiKey.role, principal.role))
      throw new AppError('FORBIDDEN', { role: principal.role, action: 'delete this key' });
    requireUnchanged(expected, apiKey);
    const target = { kind: 'api-key', id, name: apiKey.name };
    const result = await app.store.commit([
      { kind: 'delete', path, version },
      { kind: 'delete', path: paths.apiKeyDigest(apiKey.digest) },
      { kind: 'delete', path: paths.apiKeyUse(principal.org, id) },
      auditWrite(app, principal, 'api-key.deleted', target, {}, { before: apiKey, after: null }),
    ]);
    if (!result.ok) throw new Outrun('API key');
  });
}

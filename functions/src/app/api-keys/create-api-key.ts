/** A key for machines. Its text leaves once, here; the store has its digest. */
import type { ApiKey } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal, Role } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { apiKeyDigest } from '../auth/authenticate.ts';
import { isAtMost, requirePermission } from '../auth/permissions.ts';
import { asDocument } from '../engine/as-document.ts';

export type CreateApiKey = { readonly name: string; readonly role?: Role; readonly expiresAt?: string };

/** The role is the caller's, or a lower one. Throws FORBIDDEN, INVALID_PARAMS. */
export async function createApiKey(
  app: App,
  principal: Principal,
  request: CreateApiKey,
): Promise<{ readonly apiKey: ApiKey; readonly key: string }> {
  requirePermission(principal, 'api-keys.manage');
  const role = request.role ?? principal.role;
  if (!isAtMost(role, principal.role))
    throw new AppError('FORBIDDEN', { role: principal.role, action: `make a key for ${role}` });
  const now = app.clock.now();
  const expiresAt = request.expiresAt === undefined ? null : toInstant(fromInstant(request.expiresAt));
  if (expiresAt !== null && fromInstant(expiresAt) <= now) {
    throw new AppError('INVALID_PARAMS', { reason: 'expiresAt must lie in the future.' });
  }
  const key = `${app.ids.make('aos')}${app.ids.make('').slice(1)}`;
  const apiKey: ApiKey = {
    id: app.ids.make('key'),
    org: principal.org,
    name: request.name,
    role,
    digest: apiKeyDigest(key),
    hint: key.slice(0, 8),
    createdAt: toInstant(now),
    createdBy: principal.userId,
    expiresAt,
  };
  const target = { kind: 'api-key', id: apiKey.id, name: apiKey.name };
  const result = await app.store.commit([
    { kind: 'create', path: paths.apiKey(principal.org, apiKey.id), data: asDocument(apiKey) },
    { kind: 'create', path: paths.apiKeyDigest(apiKey.digest), data: { org: principal.org, id: apiKey.id } },
    auditWrite(app, principal, 'api-key.created', target, { role }),
  ]);
  if (!result.ok) throw new AppError('CONFLICT', { reason: 'The key could not be stored. Try again.' });
  return { apiKey, key };
}

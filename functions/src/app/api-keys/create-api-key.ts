/** A key for machines. Its text leaves once, here; the store has its digest. */
import type { ApiKey } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal, Role } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { apiKeyDigest } from '../auth/authenticate.ts';
import { isAction, isAtMost, mayDo, requirePermission } from '../auth/permissions.ts';
import { asDocument } from '../engine/as-document.ts';
import { requireRoom } from '../quotas/require-quota.ts';

export type CreateApiKey = {
  readonly name: string;
  readonly role?: Role | undefined;
  readonly expiresAt?: string | undefined;
  /** Names of actions. Absent = all that the role may. */
  readonly scopes?: readonly string[] | undefined;
  readonly kind?: 'personal' | 'service' | undefined;
};

/** Role and scopes are the caller's, or less. Throws FORBIDDEN, INVALID_PARAMS, QUOTA_REACHED. */
export async function createApiKey(
  app: App,
  principal: Principal,
  request: CreateApiKey,
): Promise<{ readonly apiKey: ApiKey; readonly key: string }> {
  requirePermission(principal, 'api-keys.manage');
  const role = request.role ?? principal.role;
  if (!isAtMost(role, principal.role))
    throw new AppError('FORBIDDEN', { role: principal.role, action: `make a key for ${role}` });
  const kind = kindOf(principal, request);
  const scopes = scopesOf(principal, role, request);
  await requireRoom(app, principal.org, 'apiKeys');
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
    kind,
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
  };
  const target = { kind: 'api-key', id: apiKey.id, name: apiKey.name };
  const result = await app.store.commit([
    { kind: 'create', path: paths.apiKey(principal.org, apiKey.id), data: asDocument(apiKey) },
    { kind: 'create', path: paths.apiKeyDigest(apiKey.digest), data: { org: principal.org, id: apiKey.id } },
    auditWrite(
      app,
      principal,
      'api-key.created',
      target,
      { role, kind, scopes: scopes === undefined ? null : [...scopes] },
      { before: null, after: apiKey },
    ),
  ]);
  if (!result.ok) throw new AppError('CONFLICT', { reason: 'The key could not be stored. Try again.' });
  return { apiKey, key };
}

/** A service account has no person whose key it could make. */
function kindOf({ userId, keyId }: Principal, request: CreateApiKey): 'personal' | 'service' {
  const kind = request.kind ?? 'personal';
  if (kind === 'personal' && userId === keyId)
    throw new AppError('INVALID_PARAMS', { reason: 'A service account makes keys of kind "service" only.' });
  return kind;
}

/** A key with scopes hands out no more than those; what its role may not do anyway is no scope to ask for. */
function scopesOf(principal: Principal, role: Role, request: CreateApiKey): readonly string[] | undefined {
  const { scopes = principal.scopes } = request;
  if (scopes === undefined) return undefined;
  const unknown = scopes.find((scope) => !isAction(scope));
  if (unknown !== undefined)
    throw new AppError('INVALID_PARAMS', { reason: `There is no action ${unknown.slice(0, 64)} to scope a key to.` });
  const useless = request.scopes?.find((scope) => isAction(scope) && !mayDo(role, scope));
  if (useless !== undefined)
    throw new AppError('INVALID_PARAMS', { reason: `A key with the role ${role} could do nothing with the scope ${useless}.` });
  const beyond = scopes.find((scope) => principal.scopes !== undefined && !principal.scopes.includes(scope));
  if (beyond !== undefined) throw new AppError('FORBIDDEN', { role: principal.role, action: `give the scope ${beyond}` });
  return [...new Set(scopes)];
}

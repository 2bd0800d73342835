/**
 * Who may do what: the one table. A use case names its action; roles are ranked, and each action names the lowest role that may.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Principal, Role } from '@automateos/shared/model/principal';

const rank: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, editor: 2, admin: 3, owner: 4 };

const lowestRole = {
  'workflows.read': 'viewer',
  'workflows.write': 'editor',
  'executions.read': 'viewer',
  'executions.start': 'operator',
  'executions.control': 'operator',
  'approvals.read': 'viewer',
  'approvals.decide': 'operator',
  'events.send': 'operator',
  'dead-letters.read': 'viewer',
  'dead-letters.redrive': 'operator',
  'dead-letters.discard': 'operator',
  'dead-letters.edit': 'editor',
  'variables.read': 'viewer',
  'variables.write': 'editor',
  'credentials.read': 'viewer',
  'credentials.write': 'editor',
  'keys.rotate': 'admin',
  'usage.read': 'viewer',
  'budgets.write': 'admin',
  'account.read': 'viewer',
  'organizations.manage': 'admin',
  'organizations.delete': 'owner',
  'members.read': 'viewer',
  'members.manage': 'admin',
  'invitations.manage': 'admin',
  'quotas.read': 'viewer',
  'webhooks.read': 'editor',
  'webhooks.manage': 'admin',
  'connections.read': 'viewer',
  'connections.manage': 'editor',
  'imports.run': 'editor',
  'tests.run': 'editor',
  'api-keys.manage': 'admin',
  'audit-log.read': 'admin',
  'admin.operate': 'admin',
  'installation.own': 'owner',
} as const satisfies Record<string, Role>;

export type Action = keyof typeof lowestRole;

/** Every action with the lowest role that may. */
export const actions: Readonly<Record<string, Role>> = lowestRole;

export function isAction(name: string): name is Action {
  return Object.hasOwn(lowestRole, name);
}

export function mayDo(role: Role, action: Action): boolean {
  return rank[role] >= rank[lowestRole[action]];
}

/** Role and, of an API key, scopes. The machine itself (`system`) may do everything in the organization it acts for. */
export function isPermitted({ via, role, scopes }: Principal, action: Action): boolean {
  return via === 'system' || (mayDo(role, action) && (scopes === undefined || scopes.includes(action)));
}

/** Throws FORBIDDEN. */
export function requirePermission(principal: Principal, action: Action): void {
  if (isPermitted(principal, action)) return;
  const { role } = principal;
  const needed = mayDo(role, action) ? 'is not among the scopes of this API key' : `needs ${lowestRole[action]}`;
  throw new AppError('FORBIDDEN', { role, action: `do this (${action} ${needed})` });
}

/** Nobody hands out more than they have. */
export function isAtMost(role: Role, ceiling: Role): boolean {
  return rank[role] <= rank[ceiling];
}

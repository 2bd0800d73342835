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
  'usage.read': 'viewer',
  'budgets.write': 'admin',
  'account.read': 'viewer',
  'api-keys.manage': 'admin',
  'audit-log.read': 'admin',
  'admin.operate': 'admin',
} as const satisfies Record<string, Role>;

export type Action = keyof typeof lowestRole;

export function mayDo(role: Role, action: Action): boolean {
  return rank[role] >= rank[lowestRole[action]];
}

/** Throws FORBIDDEN. The machine itself (`system`) may do everything in the organization it acts for. */
export function requirePermission(principal: Principal, action: Action): void {
  if (principal.via === 'system' || mayDo(principal.role, action)) return;
  throw new AppError('FORBIDDEN', { role: principal.role, action: `do this (${action} needs ${lowestRole[action]})` });
}

/** Nobody hands out more than they have. */
export function isAtMost(role: Role, ceiling: Role): boolean {
  return rank[role] <= rank[ceiling];
}

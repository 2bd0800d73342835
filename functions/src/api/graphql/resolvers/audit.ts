/** Who changed what. */
import { listAuditLog } from '../../../app/audit/list-audit-log.ts';
import { connect } from '../connection.ts';
import type { AuditEntryResolvers, QueryResolvers } from '../generated/resolver-types.ts';

export const auditQueries: QueryResolvers = {
  auditLog: (_, page, context) =>
    connect(context, page, {
      bind: ['audit-log'],
      read: (request) => listAuditLog(context.app, context.principal, request),
      present: (entry) => entry,
    }),
};

export const auditFields: AuditEntryResolvers = {
  by: ({ by }) => ({ ...by, keyId: by.keyId ?? null }),
  from: ({ from }) => from ?? null,
  target: ({ target }) => ({ ...target, name: target.name ?? null }),
  change: ({ change }) => change ?? null,
};

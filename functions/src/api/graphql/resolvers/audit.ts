/** Who changed what. */
import { listAuditLog } from '../../../app/audit/list-audit-log.ts';
import { connect } from '../connection.ts';
import type { AuditEntryResolvers, QueryResolvers } from '../generated/resolver-types.ts';
import { given } from '../given.ts';

export const auditQueries: QueryResolvers = {
  auditLog: (_, { filter: wanted, ...page }, context) => {
    const filter = given(wanted ?? {});
    const { action, by, target, from, to } = filter;
    return connect(context, page, {
      bind: ['audit-log', ...[action, by, target, from, to].map((one) => one ?? '')],
      read: (request) => listAuditLog(context.app, context.principal, { ...request, ...filter }),
      present: (entry) => entry,
    });
  },
};

export const auditFields: AuditEntryResolvers = {
  by: ({ by }) => ({ ...by, keyId: by.keyId ?? null }),
  from: ({ from }) => from ?? null,
  target: ({ target }) => ({ ...target, name: target.name ?? null }),
  change: ({ change }) => change ?? null,
};

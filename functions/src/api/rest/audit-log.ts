/** Who changed what. Read only: no route changes or deletes an entry. */
import { z } from 'zod';
import { AuditEntry } from '../../app/audit/audit-entry.ts';
import { listAuditLog } from '../../app/audit/list-audit-log.ts';
import { answerPage } from '../http/cursor.ts';
import { instantParam, pageOf, pageParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const filterText = z.string().min(1).max(128).optional();
const filters = {
  action: filterText.describe('One (`workflow.created`), or all of a kind (`workflow.`)'),
  by: filterText.describe('Id of a user or an API key'),
  target: filterText.describe('Id of what was changed'),
  from: instantParam.optional().describe('At or after'),
  to: instantParam.optional().describe('Before'),
};

export function auditLogRoutes({ app, cursors }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'get', path: '/v1/audit-log', tag: 'Administration', access: 'audit-log.read' },
      summary: 'Who changed what, newest first',
      query: z.strictObject({ ...pageParams, ...filters }),
      answers: {
        200: {
          description: 'A page; with filters it may be short, and still not be the last',
          schema: pageOf(AuditEntry.meta({ id: 'AuditEntry' })),
        },
      },
      handle: async ({ principal, query }) => {
        const { action, by, target, from, to } = query;
        const bind = [principal.org, 'audit-log', ...[action, by, target, from, to].map((filter) => filter ?? '')];
        const read = (page: Parameters<typeof listAuditLog>[2]) =>
          listAuditLog(app, principal, { ...page, action, by, target, from, to });
        return { status: 200, body: await answerPage(cursors, query, bind, read, (item) => item) };
      },
    }),
  ];
}

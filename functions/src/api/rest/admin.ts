/** Looking after the installation: state, storage, retention, backup and usage. Only for the organization that runs it. */
import { AppError } from '@automateos/shared/model/app-error';
import { CostBasis } from '@automateos/shared/model/cost-view';
import { z } from 'zod';
import { backUp, downloadBackup, pruneNow } from '../../app/admin/operate.ts';
import { readUsage } from '../../app/admin/read-usage.ts';
import { requireInstallation } from '../../app/auth/require-installation.ts';
import { fromParam, toParam } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Administration';
const Facts = z.record(z.string(), z.unknown());
const answers = { 200: { description: 'As this deployment knows it', schema: Facts } };
const backupType = 'application/vnd.sqlite3';
const mostDays = 36_500;

export const PruneChoice = z.strictObject({
  olderThanDays: z.int().min(0).max(mostDays).optional().describe('Also what ended longer ago, whatever its retention says'),
  dryRun: z.boolean().optional().describe('Count what would go, and delete nothing'),
});

const Counts = z.object({
  microUsd: z.int().describe('Operations and compute of what ran, sampled in steps of a cent'),
  ...{ executions: z.int(), succeeded: z.int(), failed: z.int(), cancelled: z.int(), 'timed-out': z.int() },
});
const UsageView = z
  .object({
    from: z.string(),
    to: z.string(),
    basis: CostBasis,
    totals: Counts,
    days: z.array(Counts.extend({ date: z.string() })),
  })
  .meta({ id: 'Usage' });

export function adminRoutes({ app, maintenance }: RestContext): readonly Route[] {
  return [
    ...(['status', 'storage'] as const).map((what) =>
      route({
        ...{ method: 'get', path: `/v1/admin/${what}`, tag, access: 'admin.operate', answers },
        summary: what === 'status' ? 'Workers, queue, sweeps' : 'Bytes and documents by kind',
        handle: async ({ principal }) => {
          await requireInstallation(app, principal);
          return { status: 200, body: await maintenance[what]() };
        },
      }),
    ),
    route({
      ...{ method: 'post', path: '/v1/admin/prune', tag, access: 'admin.operate', answers },
      summary: 'Delete finished executions that retention allows to delete, now',
      body: PruneChoice,
      bodyOptional: true,
      handle: async ({ principal, body }) => ({ status: 200, body: await pruneNow(app, maintenance, principal, body) }),
    }),
    route({
      ...{ method: 'post', path: '/v1/admin/backup', tag, access: 'admin.operate' },
      answers: { 200: { ...answers[200], alsoAs: backupType } },
      summary: 'A consistent copy of everything: on the server, or as the answer',
      description: `With \`Accept: ${backupType}\` the answer is the backup itself, and the server keeps nothing of it.`,
      headers: { accept: `${backupType} for the backup itself, else where the server has put it` },
      body: z.strictObject({
        name: z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'has letters, digits, - and _')
          .optional(),
      }),
      bodyOptional: true,
      handle: async ({ principal, body, request }) => {
        if (request.header('accept')?.includes(backupType) !== true) {
          return { status: 200, body: await backUp(app, maintenance, principal, body.name) };
        }
        if (request.idempotency !== null) {
          throw new AppError('MALFORMED_REQUEST', { reason: 'A download is not kept: leave Idempotency-Key out.' });
        }
        const { name, bytes, stream } = await downloadBackup(app, maintenance, principal, body.name);
        const disposition = `attachment; filename="${name}.sqlite3"`;
        const headers = { 'content-type': backupType, 'content-length': String(bytes), 'content-disposition': disposition };
        return { status: 200, headers: { ...headers, 'cache-control': 'no-store' }, stream };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/usage', tag, access: 'usage.read', summary: 'Executions and cost per day' },
      query: z.strictObject({ from: fromParam, to: toParam }),
      answers: { 200: { description: 'Whole days, UTC; the last 30 without bounds', schema: UsageView } },
      problems: ['INVALID_PARAMS'],
      handle: async ({ principal, query }) => {
        return { status: 200, body: { ...(await readUsage(app, principal, query)), basis: app.pricing.basis } };
      },
    }),
  ];
}

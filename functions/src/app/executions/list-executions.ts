/** Executions, newest first. The store filters by what is stored; waiting and paused are derived, so they are looked for row by row. */
import { Execution, type ExecutionStatus } from '@automateos/shared/model/execution';
import type { ExecutionSummaryView } from '@automateos/shared/model/execution-view';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Where } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import type { Versioned } from '../engine/run.ts';
import { type Page, type PageRequest, scanPage } from '../paging.ts';
import { queryStatus } from './derive-status.ts';
import { presentSummary } from './read-execution-view.ts';

const scanLimit = 1_000;

export type ListExecutions = PageRequest & {
  readonly workflowId?: string | undefined;
  readonly status?: ExecutionStatus | undefined;
  /** Started at or after, and before. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

export async function listExecutions(
  app: App,
  principal: Principal,
  request: ListExecutions,
): Promise<Page<ExecutionSummaryView>> {
  const { items, next } = await listStoredExecutions(app, principal, request);
  return { items: items.map(({ data, status }) => presentSummary(data, status)), next };
}

export type ListedExecution = Versioned<Execution> & { readonly status: ExecutionStatus };

/** As stored, for who goes on to read what is below them. */
export async function listStoredExecutions(
  app: App,
  principal: Principal,
  request: ListExecutions,
): Promise<Page<ListedExecution>> {
  requirePermission(principal, 'executions.read');
  const { workflowId, status, from, to } = request;
  const where: Where[] = [];
  if (workflowId !== undefined) where.push(['workflowId', '==', workflowId]);
  if (status !== undefined) where.push(['status', '==', storedAs(status)]);
  if (from !== undefined) where.push(['startedAt', '>=', from]);
  if (to !== undefined) where.push(['startedAt', '<', to]);
  const query = { collection: paths.executions(principal.org), where, orderBy: [['startedAt', 'desc']] as const };
  return scanPage(app.store, query, request, {
    scanLimit,
    keep: async (row) => {
      const data = Execution.parse(row.data);
      const derived = await queryStatus(app, data);
      return status === undefined || status === derived ? { data, version: row.version, status: derived } : null;
    },
  });
}

function storedAs(status: ExecutionStatus): string {
  return status === 'waiting' || status === 'paused' ? 'running' : status;
}

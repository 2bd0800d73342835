/**
 * Changes of executions as they are stored. That one waits is stored in its branches only: these carry the instant at which they began to wait,
 * or stopped, in an index of their own, and the execution is looked at then. Nothing is written for it.
 */
import { Execution } from '@automateos/shared/model/execution';
import type { LiveEvent } from '@automateos/shared/model/live-event';
import { paths } from '@automateos/shared/model/paths';
import type { App } from '../app-context.ts';
import { turnedPrefix } from '../engine/branch-document.ts';
import { queryStatus } from '../executions/derive-status.ts';
import { presentSummary } from '../executions/read-execution-view.ts';
import { type ChangeSource, change } from './change-source.ts';

const turnOf = (path: string): string => `${path}?turn`;

/** What else becomes of it is told by its own document. */
async function turnedExecution(app: App, path: string): Promise<LiveEvent | null> {
  const row = await app.store.get(path);
  if (row === null) return null;
  const execution = Execution.parse(row.data);
  const status = await queryStatus(app, execution);
  return status === 'waiting' || status === 'running'
    ? { type: 'execution', execution: presentSummary(execution, status) }
    : null;
}

export function executionChanges(org: string): ChangeSource {
  const prefix = turnedPrefix(org);
  return {
    key: `executions/${org}`,
    collections: [
      {
        path: paths.executions(org),
        field: 'updatedAt',
        changed(app, row) {
          const { updatedAt } = row.data;
          if (typeof updatedAt !== 'string') return null; // of an earlier release, and not changed since
          return change(
            row.path,
            updatedAt,
            async () => {
              const execution = Execution.parse(row.data);
              return { type: 'execution', execution: presentSummary(execution, await queryStatus(app, execution)) };
            },
            { twin: turnOf(row.path) },
          );
        },
      },
      {
        path: 'branches',
        group: { prefix },
        field: 'turned',
        changed(app, row) {
          const { turned, executionId } = row.data;
          // of an embedded store all branches are heard
          if (typeof turned !== 'string' || !turned.startsWith(prefix)) return null;
          const path = paths.execution(org, String(executionId));
          const about = { twin: path, path: row.path, isHint: true };
          return change(turnOf(path), turned.slice(prefix.length), () => turnedExecution(app, path), about);
        },
      },
    ],
  };
}

/** Changes of executions as they are stored; that one waits is stored in its branches only, so a change tells it as it is when it is read. */
import { Execution } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import { queryStatus } from '../executions/derive-status.ts';
import { presentSummary } from '../executions/read-execution-view.ts';
import { type ChangeSource, change } from './change-source.ts';

export function executionChanges(org: string): ChangeSource {
  return {
    key: `executions/${org}`,
    collections: [
      {
        path: paths.executions(org),
        field: 'updatedAt',
        changed(app, row) {
          const { updatedAt } = row.data;
          if (typeof updatedAt !== 'string') return null; // of an earlier release, and not changed since
          return change(row.path, updatedAt, async () => {
            const execution = Execution.parse(row.data);
            return { type: 'execution', execution: presentSummary(execution, await queryStatus(app, execution)) };
          });
        },
      },
    ],
  };
}

/** Changes of workflows; a deleted one is told by the document that it leaves behind. */
import type { LiveEvent } from '@automateos/shared/model/live-event';
import { paths } from '@automateos/shared/model/paths';
import { Workflow } from '@automateos/shared/model/workflow';
import { type ChangeSource, change } from './change-source.ts';

export function workflowChanges(org: string): ChangeSource {
  return {
    key: `workflows/${org}`,
    collections: [
      {
        path: paths.workflows(org),
        field: 'updatedAt',
        changed(_app, row) {
          const workflow = Workflow.parse(row.data);
          return change(workflow.id, workflow.updatedAt, () => present(workflow, false));
        },
      },
      {
        path: paths.deletedWorkflows(org),
        field: 'deletedAt',
        changed(_app, row) {
          const { deletedAt } = row.data;
          if (typeof deletedAt !== 'string') return null;
          const workflow = Workflow.parse({ ...row.data, activeVersion: null, updatedAt: deletedAt });
          return change(workflow.id, deletedAt, () => present(workflow, true));
        },
      },
    ],
  };
}

function present({ id, name, latestVersion, activeVersion, updatedAt }: Workflow, deleted: boolean): LiveEvent {
  const active = activeVersion !== null;
  return { type: 'workflow', workflow: { id, name, latestVersion, activeVersion, active, updatedAt, deleted } };
}

/** Changes of approvals. */
import { paths } from '@automateos/shared/model/paths';
import { Approval } from '@automateos/shared/model/wait';
import { presentApproval } from '../approvals/present-approval.ts';
import { type ChangeSource, change } from './change-source.ts';

export function approvalChanges(org: string): ChangeSource {
  return {
    key: `approvals/${org}`,
    collections: [
      {
        path: paths.approvals(org),
        field: 'updatedAt',
        changed(_app, row) {
          const { updatedAt } = row.data;
          if (typeof updatedAt !== 'string') return null; // of an earlier release, and not changed since
          return change(row.path, updatedAt, () => ({ type: 'approval', approval: presentApproval(Approval.parse(row.data)) }));
        },
      },
    ],
  };
}

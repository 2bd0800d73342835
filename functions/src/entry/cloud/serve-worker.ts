/** The worker of one pool: each message or task names a branch, which is carried as far as it goes. */
import { branchOfPush } from '../../api/push/branch-of-push.ts';
import { runBranch } from '../../app/engine/run-branch.ts';
import { servePush } from './serve-push.ts';

/** A message names a branch in a few hundred bytes; whoever sends more is not to fill the memory of many at once. */
const bodyLimitBytes = 64 * 1024;

export function serveWorker(name: string): void {
  servePush(
    name,
    ({ app }) =>
      (push, invokedBy) =>
        runBranch(app, branchOfPush(push), invokedBy),
    bodyLimitBytes,
  );
}

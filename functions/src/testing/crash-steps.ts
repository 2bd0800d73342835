/** What five dead workers in a row leave behind, without the wait: every running branch of an execution is claimed once more and fails. */
import { Branch } from '@automateos/shared/model/branch';
import { DeadLetter } from '@automateos/shared/model/dead-letter';
import { paths } from '@automateos/shared/model/paths';
import type { App } from '../app/app-context.ts';
import { asDocument } from '../app/engine/as-document.ts';
import { runBranch } from '../app/engine/run-branch.ts';
import { settled } from './fake-clock.ts';
import { owner } from './test-app.ts';

export type Hanging = {
  /** What a step that kills its worker does here: it does not come back before it is too late. */
  hang(): Promise<never>;
  letGo(): void;
};

export function createHanging(): Hanging {
  const waiting: ((reason: Error) => void)[] = [];
  return {
    hang: () => new Promise((_, reject) => waiting.push(reject)),
    letGo: () => {
      for (const reject of waiting.splice(0)) reject(new Error('too late'));
    },
  };
}

/** The steps under way must be hanging. Answers the letters of the execution, oldest first. */
export async function crashSteps(
  app: App,
  hanging: Hanging,
  executionId: string,
  org: string = owner.org,
): Promise<readonly DeadLetter[]> {
  const where = [['status', '==', 'running']] as const;
  const rows = await app.store.query({ collection: paths.branches(org, executionId), where });
  const branches = rows.map(({ data }) => Branch.parse(data));
  for (const branch of branches) {
    const claim = branch.claim && { ...branch.claim, leaseUntil: '2000-01-01T00:00:00.000Z' };
    const data = asDocument({ ...branch, claim, crashes: app.settings.maxCrashes });
    await app.store.commit([{ kind: 'set', path: paths.branch(org, executionId, branch.id), data }]);
  }
  // the workers from before: whatever they still do, the branch is not theirs any more
  hanging.letGo();
  void Promise.all(branches.map(({ id }) => runBranch(app, { org, executionId, branchId: id })));
  await settled();
  return lettersOf(app, executionId, org);
}

export async function lettersOf(app: App, executionId: string, org: string = owner.org): Promise<readonly DeadLetter[]> {
  const where = [['executionId', '==', executionId]] as const;
  const rows = await app.store.query({ collection: paths.deadLetters(org), where, orderBy: [['createdAt', 'asc']] });
  return rows.map(({ data }) => DeadLetter.parse(data));
}

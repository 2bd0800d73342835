import { Branch } from '@automateos/shared/model/branch';
import { paths } from '@automateos/shared/model/paths';
import { StoreUnavailable } from '@automateos/shared/ports/document-store';
import { describe, expect, it } from 'vitest';
import { crashSteps, createHanging } from '../../testing/crash-steps.ts';
import { settled } from '../../testing/fake-clock.ts';
import { edges, effect, run, start } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import { asDocument } from './as-document.ts';
import { defaultEngineSettings } from './engine-settings.ts';
import { runBranch } from './run-branch.ts';

async function runningBranch(app: TestApp, executionId: string): Promise<Branch> {
  const where = [['status', '==', 'running']] as const;
  const [row] = await app.store.query({ collection: paths.branches(owner.org, executionId), where });
  return Branch.parse(row?.data);
}

describe('workers that die', () => {
  it('are counted until a step is finished, also where the journal goes on in a new document then', async () => {
    const app = await createTestApp({ settings: { ...defaultEngineSettings, journalSteps: 2 } });
    const hanging = createHanging();
    let deadly = 'a';
    app.effects.behave = ({ nodeId }) => (nodeId === deadly ? hanging.hang() : { output: 1 });
    const { executionId } = await run(app, { nodes: [start, effect('a'), effect('b')], edges: edges('go>a', 'a>b') });
    const branch = await runningBranch(app, executionId);
    const claim = branch.claim && { ...branch.claim, leaseUntil: '2000-01-01T00:00:00.000Z' };
    const path = paths.branch(owner.org, executionId, branch.id);
    await app.store.commit([{ kind: 'set', path, data: asDocument({ ...branch, claim, crashes: 3 }) }]);
    hanging.letGo();
    deadly = 'b';
    void runBranch(app, { org: owner.org, executionId, branchId: branch.id });
    await settled();
    const next = await runningBranch(app, executionId);
    expect(next.k).toBe(branch.k + 1);
    expect(next).toMatchObject({ at: { node: 'b' }, crashes: 0 });
  });

  it('leave the letter of a compensation, also where its commit has to be sent again', async () => {
    const app = await createTestApp();
    const hanging = createHanging();
    app.effects.behave = ({ nodeId }) => (nodeId === 'undo' ? hanging.hang() : { output: 1 });
    const fail = { id: 'fail', type: 'flow.fail', params: { message: 'no' } };
    const nodes = [start, effect('a', 1, { compensate: 'undo' }), effect('undo'), fail];
    const { executionId, end } = await run(app, { nodes, edges: edges('go>a', 'a>fail') });
    const { commit } = app.store;
    let unanswered = 0;
    app.store.commit = (writes) => {
      const isLetter = writes.some(({ path }) => path.startsWith(`${paths.deadLetters(owner.org)}/`));
      if (!isLetter || unanswered > 0) return commit(writes);
      unanswered += 1;
      return Promise.reject(new StoreUnavailable('no answer'));
    };
    const letters = await crashSteps(app, hanging, executionId);
    expect(unanswered).toBe(1);
    expect(letters).toMatchObject([{ nodeId: 'undo', reason: 'CRASHED', status: 'open' }]);
    expect(await end()).toMatchObject({ status: 'failed', execution: { compensated: true } });
  });
});

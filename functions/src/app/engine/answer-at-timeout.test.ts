import { Branch } from '@automateos/shared/model/branch';
import { paths } from '@automateos/shared/model/paths';
import type { Write } from '@automateos/shared/ports/document-store';
import { describe, expect, it } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { edges, effect, type Ran, run, start } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import { answerCallback } from './answer-wait.ts';
import { asDocument } from './as-document.ts';
import { callbackToken } from './callback-token.ts';
import { defaultEngineSettings } from './engine-settings.ts';
import { readExecution } from './read-execution.ts';
import { runBranch } from './run-branch.ts';

const nodes = [
  start,
  { id: 'ask', type: 'flow.callback', params: { timeoutMs: 30_000 } },
  effect('after', '{{ steps.ask.output }}'),
];

const branchOf = (write: Write): Record<string, unknown> =>
  write.kind !== 'delete' && write.path.includes('/branches/') ? write.data : {};

/** Answers right after the first commit that `when` tells. */
async function answerAfter(
  app: TestApp,
  { executionId }: Ran,
  when: (branch: Record<string, unknown>) => boolean,
): Promise<() => number> {
  const { data } = await readExecution(app, owner.org, executionId);
  const { commit } = app.store;
  let answered = 0;
  app.store.commit = async (writes) => {
    const result = await commit(writes);
    if (answered > 0 || !writes.some((write) => when(branchOf(write)))) return result;
    answered += 1;
    await answerCallback(app, callbackToken(data, '', 'ask'), { yes: true });
    return result;
  };
  return () => answered;
}

describe('an answer in the moment of the timeout', () => {
  it('counts, where it finds the branch handed back and not waiting any more', async () => {
    let handBacks = 0;
    const draining = (): boolean => {
      handBacks -= 1;
      return handBacks >= 0;
    };
    const app = await createTestApp({ settings: { ...defaultEngineSettings, draining } });
    const ran = await run(app, { nodes, edges: edges('go>ask', 'ask>after') });
    const answered = await answerAfter(app, ran, ({ status }) => status === 'queued');
    handBacks = 1;
    await app.fakeClock.advance(31_000);
    expect(answered()).toBe(1);
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: { yes: true } });
  });

  it.each([true, false])(
    'counts, where a worker whose clock is ahead had the branch in its hands (answered: %s)',
    async (isAnswered) => {
      const app = await createTestApp();
      const ran = await run(app, { nodes, edges: edges('go>ask', 'ask>after') });
      const { data } = await readExecution(app, owner.org, ran.executionId);
      const ref = { org: owner.org, executionId: ran.executionId, branchId: '$start' };
      const path = paths.branch(owner.org, ran.executionId, '$start');
      const before = Branch.parse((await app.store.get(path))?.data);
      await app.store.commit([{ kind: 'set', path, data: asDocument({ ...before, status: 'queued', rev: before.rev + 1 }) }]);
      if (isAnswered) await answerCallback(app, callbackToken(data, '', 'ask'), { yes: true });
      await runBranch(app, ref);
      await settled();
      if (!isAnswered) {
        expect((await app.store.get(path))?.data).toMatchObject({ status: 'waiting', wait: before.wait });
        await answerCallback(app, callbackToken(data, '', 'ask'), { yes: true });
        await settled();
      }
      expect(await ran.end()).toMatchObject({ status: 'succeeded', output: { yes: true } });
    },
  );

  it('finds the branch where it waits, however large its journal is', async () => {
    const app = await createTestApp({ settings: { ...defaultEngineSettings, journalBytes: 300 } });
    const ran = await run(app, { nodes, edges: edges('go>ask', 'ask>after') });
    const commits: string[][] = [];
    const { commit } = app.store;
    app.store.commit = (writes) => {
      commits.push(writes.map(({ path }) => path));
      return commit(writes);
    };
    await app.fakeClock.advance(31_000);
    expect((await ran.end()).status).toBe('succeeded');
    expect(commits[0]).toContainEqual(expect.stringContaining('/waits/'));
  });
});

import { describe, expect, it } from 'vitest';
import { edges, effect, run, start } from '../../testing/run-definition.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import { defaultEngineSettings } from './engine-settings.ts';

const workMs = 60_000;
const limited = (): Promise<TestApp> => createTestApp({ settings: { ...defaultEngineSettings, workMs } });

describe('a worker whose time is bounded', () => {
  it('hands its branch back in time, and the next one goes on: every step runs once', async () => {
    const app = await limited();
    const claims = new Set<string>();
    const commit = app.store.commit;
    app.store.commit = (writes) => {
      for (const write of writes) {
        if (write.kind !== 'delete' && write.path.includes('/branches/')) claims.add(JSON.stringify(write.data.claim ?? null));
      }
      return commit(writes);
    };
    app.effects.behave = async () => {
      await app.clock.sleep(10_000);
      return { output: 1 };
    };
    const nodes = Array.from({ length: 12 }, (_, i) => effect(`e${i}`, i, { timeoutMs: 15_000 }));
    const pairs = nodes.map((node, i) => `${nodes[i - 1]?.id ?? 'go'}>${node.id}`);
    const { end } = await run(app, { nodes: [start, ...nodes], edges: edges(...pairs) });
    await app.fakeClock.advance(180_000);
    expect((await end()).status).toBe('succeeded');
    expect(app.effects.attempts.map(({ nodeId }) => nodeId)).toEqual(nodes.map(({ id }) => id));
    const workers = new Set([...claims].map((claim) => JSON.parse(claim)?.id));
    expect(workers.size).toBeGreaterThan(2);
  });

  it('gives a step all the time that it has, and says so when that was not enough', async () => {
    const app = await limited();
    app.effects.behave = () => new Promise(() => {});
    const { end } = await run(app, { nodes: [start, effect('slow', 1, { timeoutMs: 600_000 })], edges: edges('go>slow') });
    await app.fakeClock.advance(workMs + 1_000);
    const { status, error } = await end();
    expect(status).toBe('failed');
    expect(error).toMatchObject({ code: 'TIMEOUT' });
    expect(error?.message).toContain('60000 ms, the longest that a step may take here (it asked for 600000 ms)');
  });
});

import { paths } from '@automateos/shared/model/paths';
import { StepError } from '@automateos/shared/model/step-error';
import { describe, expect, test } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { edges, effect, run, start } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import type { Page, Position } from '../paging.ts';
import { listLogs, listSteps } from './list-steps.ts';

const items = Array.from({ length: 600 }, (_, n) => n);
const each = { id: 'each', type: 'flow.for-each', params: { items: '{{ input.items }}', onItemError: 'collect' } };

async function ranLoop(app: TestApp): Promise<string> {
  const nodes = [start, each, effect('call', '{{ item }}', { parent: 'each' })];
  const ran = await run(app, { nodes, edges: edges('go>each') }, { items });
  await settled();
  expect((await ran.end()).status).toBe('succeeded');
  return ran.executionId;
}

/** All items, and what each page read from the store. */
async function pages<T>(app: TestApp, read: (after: Position | null) => Promise<Page<T>>) {
  const found: T[] = [];
  const reads: number[] = [];
  let after: Position | null = null;
  do {
    const before = app.store.stats().reads;
    const page: Page<T> = await read(after);
    reads.push(app.store.stats().reads - before);
    found.push(...page.items);
    after = page.next;
  } while (after !== null);
  return { found, reads };
}

describe('steps by page', () => {
  test('have each step once, in one order, however small the pages', async () => {
    const app = await createTestApp();
    const executionId = await ranLoop(app);
    const list = (limit: number) => pages(app, (after) => listSteps(app, owner, { executionId, limit, after }));
    const { found } = await list(10_000);
    expect(found).toHaveLength(items.length + 2);
    expect((await list(37)).found).toEqual(found);
  });

  test('read the journals of their own steps only, but for the first', async () => {
    const app = await createTestApp();
    const executionId = await ranLoop(app);
    const branches = await app.store.count({ collection: paths.branches(owner.org, executionId) });
    expect(branches).toBeGreaterThan(20);
    const { reads } = await pages(app, (after) => listSteps(app, owner, { executionId, limit: 20, after, nodeId: 'call' }));
    expect(reads).toHaveLength(30);
    const all = reads.slice(1).reduce((sum, one) => sum + one, 0);
    expect(all).toBeLessThan(items.length + 2 * reads.length);
  });

  test('the first page of an execution that goes on shows it as it is', async () => {
    const app = await createTestApp();
    const wait = { id: 'wait', type: 'flow.wait', params: { durationMs: 5_000 } };
    const ran = await run(app, { nodes: [start, wait, effect('after')], edges: edges('go>wait', 'wait>after') });
    const statuses = async () => {
      const { items: steps } = await listSteps(app, owner, { executionId: ran.executionId, limit: 10, after: null });
      return Object.fromEntries(steps.map(({ nodeId, status }) => [nodeId, status]));
    };
    expect(await statuses()).toMatchObject({ wait: 'waiting' });
    await app.fakeClock.advance(5_001);
    await settled();
    expect(await statuses()).toMatchObject({ wait: 'succeeded', after: 'succeeded' });
  });
});

describe('log lines by page', () => {
  test('are the same lines however small the pages, by level too', async () => {
    const app = await createTestApp();
    app.effects.behave = (context) => {
      const n = Number(context.params.value);
      context.log('info', `item ${n}`);
      if (n % 3 === 0) context.log('warn', 'a third');
      if (n % 50 === 0) throw new StepError({ code: 'BROKEN', message: 'no', retryable: false });
      return { output: n };
    };
    const executionId = await ranLoop(app);
    for (const [level, count] of [
      ['debug', 600 + 200 + 12],
      ['warn', 200 + 12],
    ] as const) {
      const list = (limit: number) => pages(app, (after) => listLogs(app, owner, { executionId, limit, after, level }));
      const { found } = await list(10_000);
      expect([level, found.length]).toEqual([level, count]);
      expect((await list(41)).found).toEqual(found);
    }
  });
});

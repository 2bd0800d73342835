import { paths } from '@automateos/shared/model/paths';
import { StepError } from '@automateos/shared/model/step-error';
import { describe, expect, test } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { edges, effect, type Node, run, start } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import { pauseExecution } from '../engine/pause-execution.ts';
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

describe('a large execution that goes on', () => {
  test('is read whole once in five seconds, whoever asks for its steps, and a change of its document shows at once', async () => {
    const app = await createTestApp();
    const ask: Node = { id: 'ask', type: 'flow.approval', params: { title: 'So far' } };
    const nodes = [start, each, effect('call', '{{ item }}', { parent: 'each' }), ask];
    const { executionId } = await run(app, { nodes, edges: edges('go>each', 'each>ask') }, { items });
    for (let turn = 0; turn < 20; turn += 1) await settled();
    const branches = await app.store.count({ collection: paths.branches(owner.org, executionId) });
    const readsOf = async (limit: number): Promise<number> => {
      const before = app.store.stats().reads;
      await listSteps(app, owner, { executionId, limit, after: null, nodeId: 'call' });
      return app.store.stats().reads - before;
    };
    await Promise.all(Array.from({ length: 5 }, () => readsOf(1)));
    const before = app.store.stats().reads;
    await Promise.all(Array.from({ length: 5 }, () => readsOf(1)));
    expect(app.store.stats().reads - before).toBeLessThan(branches);
    await app.fakeClock.advance(5_001);
    expect(await readsOf(1)).toBeGreaterThan(branches);
    expect(await readsOf(1)).toBeLessThan(10);
    await pauseExecution(app, owner, executionId);
    expect(await readsOf(1)).toBeGreaterThan(branches);
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

  test('have no gap and no line twice, 10,000 of one execution', async () => {
    const app = await createTestApp();
    const lines = 20;
    app.effects.behave = ({ params, log }) => {
      for (let line = 0; line < lines; line += 1) log('info', `${params.value} ${line}`);
      return { output: null };
    };
    const nodes = [start, each, effect('call', '{{ item }}', { parent: 'each' })];
    const { executionId, end } = await run(
      app,
      { nodes, edges: edges('go>each') },
      { items: Array.from({ length: 500 }, (_, n) => n) },
    );
    for (let turn = 0; turn < 20; turn += 1) await settled();
    expect((await end()).status).toBe('succeeded');
    for (const limit of [500, 333]) {
      const { found } = await pages(app, (after) => listLogs(app, owner, { executionId, limit, after }));
      expect(found).toHaveLength(10_000);
      const messages = new Set(found.map(({ message }) => message));
      expect(messages.size).toBe(10_000);
      expect(found.every(({ message }, at) => at % lines === 0 || Number(message.split(' ')[1]) === at % lines)).toBe(true);
    }
  });
});

import { describe, expect, test } from 'vitest';
import { createChildPool } from './child-pool.ts';
import type { ChildMessage } from './child-protocol.ts';
import type { ChildOutcome, SandboxChild } from './sandbox-child.ts';

type Fake = SandboxChild & { readonly answer: (outcome: ChildOutcome) => void; readonly asked: () => number };

function fakeChild(started: ChildOutcome): Fake {
  let alive = true;
  let asked = 0;
  let answer: (outcome: ChildOutcome) => void = () => undefined;
  let end: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    started: Promise.resolve(started),
    ask: () => {
      asked += 1;
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
    kill: () => {
      alive = false;
      end();
    },
    alive: () => alive,
    gone,
    answer: (outcome) => answer(outcome),
    asked: () => asked,
  };
}

const message = (one: ChildMessage): ChildOutcome => ({ kind: 'message', message: one });
const ready = message({ type: 'ready' });
const value = message({ type: 'value', value: 1, logs: [] });
const request = { code: '', globals: {}, timeoutMs: 60_000 };
const signal = () => new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

function pool(started: ChildOutcome, more: { readonly runsPerChild?: number; readonly maxChildren?: number } = {}) {
  const children: Fake[] = [];
  const made = createChildPool({
    start: () => {
      const child = fakeChild(started);
      children.push(child);
      return child;
    },
    maxChildren: more.maxChildren ?? 1,
    runsPerChild: more.runsPerChild ?? 10,
    idleMs: 60_000,
  });
  return { children, pool: made };
}

describe('the pool of children', () => {
  test('a child that has served well serves again, up to its limit', async () => {
    const { children, pool: one } = pool(ready, { runsPerChild: 2 });
    for (let turn = 0; turn < 3; turn += 1) {
      const running = one.run(request, signal());
      await settle();
      children.at(-1)?.answer(value);
      await running;
    }
    expect(children.map((child) => child.asked())).toEqual([2, 1]);
    await one.close();
  });

  test('a child that ended a script by force serves no other', async () => {
    const { children, pool: one } = pool(ready);
    for (const kind of ['timeout', 'memory', 'broken'] as const) {
      const running = one.run(request, signal());
      await settle();
      children.at(-1)?.answer(message({ type: 'failed', kind, message: '', logs: [] }));
      await running;
    }
    expect(children.map((child) => [child.asked(), child.alive()])).toEqual([
      [1, false],
      [1, false],
      [1, false],
    ]);
    await one.close();
  });

  test('who finds no free child waits, and an aborted wait starts nothing', async () => {
    const { children, pool: one } = pool(ready);
    const first = one.run(request, signal());
    const controller = new AbortController();
    const second = one.run(request, controller.signal);
    controller.abort('no longer wanted');
    await settle();
    expect(children.length).toBe(1);
    children[0]?.answer(value);
    expect(await first).toEqual(value);
    expect(await second).toEqual({ kind: 'aborted', reason: 'no longer wanted' });
    expect(children[0]?.asked()).toBe(1);
    await one.close();
  });

  test('where the lock-down is not complete nothing runs, and the reason is told', async () => {
    for (const [started, reason] of [
      [message({ type: 'unsafe', reason: 'files can be read' }), 'files can be read'],
      [{ kind: 'ended', reason: 'spawn ENOENT' }, 'spawn ENOENT'],
      [value, 'unexpected answer'],
    ] as const) {
      const { children, pool: one } = pool(started);
      expect(await one.run(request, signal())).toEqual({ kind: 'unavailable', reason });
      expect(children.map((child) => [child.asked(), child.alive()])).toEqual([[0, false]]);
      await one.close();
    }
  });

  test('a child that serves once is replaced by a spare before the next question', async () => {
    const { children, pool: one } = pool(ready, { runsPerChild: 1 });
    const running = one.run(request, signal());
    await settle();
    children[0]?.answer(value);
    await running;
    expect(children.map((child) => child.alive())).toEqual([false, true]);
    await one.close();
    expect(children.map((child) => child.alive())).toEqual([false, false]);
  });
});

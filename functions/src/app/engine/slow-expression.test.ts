// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions under test are texts
/** What the engine does while an expression is in the sandbox. */
import type { Evaluated, Evaluator } from '@automateos/shared/ports/evaluator';
import { expect, it, vi } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { deploy, edges, effect, lookAt, start } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import { startExecution } from './start-execution.ts';
import { stopExecution } from './stop-execution.ts';
import { sweep } from './sweep.ts';

type Held = { readonly app: TestApp; readonly answer: (value: Evaluated) => void; readonly asked: () => number };

/** Expressions with a call in them are in the sandbox until they are answered. */
async function withHeldSandbox(): Promise<Held> {
  const usual = (await createTestApp()).evaluator;
  const waiting: ((value: Evaluated) => void)[] = [];
  let asked = 0;
  const evaluator: Evaluator = {
    ...usual,
    resolve(value, scope, raw) {
      if (!JSON.stringify(value).includes('f(')) return usual.resolve(value, scope, raw);
      asked += 1;
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
  const app = await createTestApp({ evaluator });
  return { app, asked: () => asked, answer: (value) => waiting.shift()?.(value) };
}

it('a start is answered while its first expression is still evaluated, and the expression is evaluated once', async () => {
  const { app, answer, asked } = await withHeldSandbox();
  const { workflowId, plan } = await deploy(app, {
    nodes: [start, effect('a', '{{ f(input) }}'), effect('b')],
    edges: edges('go>a', 'a>b'),
  });
  let executionId = '';
  void startExecution(app, owner, { workflowId, input: {}, trigger: { kind: 'manual' } }).then((started) => {
    executionId = started.executionId;
  });
  await settled();
  expect(executionId).toBe('');
  await app.fakeClock.advance(50);
  expect(executionId).not.toBe('');
  const { end } = lookAt(app, executionId, plan);
  expect(await end()).toMatchObject({ status: 'running' });
  answer({ ok: true, value: { value: 7 }, missing: [] });
  await settled();
  expect(await end()).toMatchObject({ status: 'succeeded', output: 'b' });
  expect(asked()).toBe(1);
});

it('an expression that is quick costs no commit of its own', async () => {
  const { app, answer } = await withHeldSandbox();
  const { workflowId, plan } = await deploy(app, { nodes: [start, effect('a', '{{ f(input) }}')], edges: edges('go>a') });
  const commit = vi.spyOn(app.store, 'commit');
  const starting = startExecution(app, owner, { workflowId, input: {}, trigger: { kind: 'manual' } });
  await settled();
  expect(commit).not.toHaveBeenCalled();
  answer({ ok: true, value: { value: 7 }, missing: [] });
  const { executionId } = await starting;
  await settled();
  const commits = commit.mock.calls.length;
  await app.fakeClock.advance(50);
  expect(commit).toHaveBeenCalledTimes(commits);
  const { end } = lookAt(app, executionId, plan);
  expect(await end()).toMatchObject({ status: 'succeeded', output: 7 });
});

it('a branch keeps its lease while an expression waits long for the sandbox', async () => {
  const { app, answer, asked } = await withHeldSandbox();
  const { workflowId, plan } = await deploy(app, {
    nodes: [start, effect('a', '{{ f(input) }}'), effect('b')],
    edges: edges('go>a', 'a>b'),
  });
  const starting = startExecution(app, owner, { workflowId, input: {}, trigger: { kind: 'manual' } });
  await app.fakeClock.advance(50);
  const { executionId } = await starting;
  for (let second = 0; second < 90; second += 1) {
    await app.fakeClock.advance(1_000);
    await sweep(app);
  }
  answer({ ok: true, value: { value: 7 }, missing: [] });
  await settled();
  expect(await lookAt(app, executionId, plan).end()).toMatchObject({ status: 'succeeded', output: 'b' });
  expect(asked()).toBe(1);
  expect(app.effects.attempts.map(({ nodeId }) => nodeId)).toEqual(['a', 'b']);
});

it('an execution that is cancelled while its expression is evaluated runs nothing of what follows', async () => {
  const { app, answer } = await withHeldSandbox();
  const { workflowId, plan } = await deploy(app, { nodes: [start, effect('a', '{{ f(input) }}')], edges: edges('go>a') });
  const starting = startExecution(app, owner, { workflowId, input: {}, trigger: { kind: 'manual' } });
  await app.fakeClock.advance(50);
  const { executionId } = await starting;
  await stopExecution(app, owner, executionId, 'cancelled');
  await app.fakeClock.advance(5_000);
  const { end } = lookAt(app, executionId, plan);
  expect(await end()).toMatchObject({ status: 'cancelled' });
  answer({ ok: true, value: { value: 7 }, missing: [] });
  await settled();
  expect(app.effects.attempts).toEqual([]);
});

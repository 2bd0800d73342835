// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions under test are texts
/** No expression holds up the event loop (P10), nor another workflow's expressions, however many hostile ones there are. */
import type { EvaluationScope } from '@automateos/shared/ports/evaluator';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { createQuickJsEvaluator } from './quickjs-evaluator.ts';

const evaluator = createQuickJsEvaluator();
afterAll(() => evaluator.close());

/** Turns of the event loop, counted by a timer. */
let turns = 0;
let counter: NodeJS.Timeout;
beforeEach(() => {
  counter = setInterval(() => {
    turns += 1;
  }, 5);
});
afterEach(() => clearInterval(counter));

function scopeOf(caller: string, input: EvaluationScope['input'] = null): EvaluationScope {
  return { input, steps: new Map(), vars: {}, execution: {}, caller };
}

async function codeOf(text: string, scope: EvaluationScope): Promise<string> {
  const result = await evaluator.resolve(text, scope);
  return result.ok ? 'ok' : result.failure.code;
}

const endless = '{{ (() => { for (;;) input; })() }}';
const backtracking = '{{ /^(\\w+\\s?)*$/.test(input.s) }}';
/** QuickJS never looks at its deadline there. */
const stuck = '{{ [].indexOf.call({ length: 2 ** 53 - 1 }, input) }}';

test('the event loop turns while each of forty hostile expressions is evaluated', async () => {
  const turnsEach: number[] = [];
  const codes = new Set<string>();
  const timed = async (text: string, n: number): Promise<void> => {
    const before = turns;
    codes.add(await codeOf(text, scopeOf('wf_flood', { s: `${'a'.repeat(40 + n)}!` })));
    turnsEach.push(turns - before);
  };
  for (let n = 0; n < 20; n += 1) await Promise.all([timed(endless, n), timed(backtracking, n)]);
  expect([...codes]).toEqual(['EXPRESSION_TIMEOUT']);
  expect(turnsEach).toHaveLength(40);
  expect(Math.min(...turnsEach)).toBeGreaterThanOrEqual(3);
}, 60_000);

test('another workflow has its turn before the flood is over', async () => {
  const done: string[] = [];
  const flood = Array.from({ length: 12 }, (_, n) => codeOf(endless, scopeOf('wf_flood', { n })).then((code) => done.push(code)));
  const other = codeOf('{{ [1].map(String) }}', scopeOf('wf_other')).then((code) => done.push(code));
  await other;
  // What was being evaluated, and what came first in its turn.
  expect(done.indexOf('ok')).toBeLessThanOrEqual(3);
  await Promise.all(flood);
  expect(done.filter((code) => code === 'EXPRESSION_TIMEOUT')).toHaveLength(12);
}, 60_000);

test('a worker that is stuck costs its own call only', async () => {
  const codes = await Promise.all([
    codeOf(stuck, scopeOf('wf_stuck', 1)),
    ...Array.from({ length: 5 }, () => codeOf('{{ [1].map(String) }}', scopeOf('wf_stuck'))),
    codeOf('{{ [1].map(String) }}', scopeOf('wf_other')),
  ]);
  expect(codes).toEqual(['EXPRESSION_TIMEOUT', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok']);
}, 60_000);

test('what has timed out three times is refused, also while it waits; with other data it is tried', async () => {
  const text = '{{ (() => { while (input.slow) { const n = 1 } return 1 })() }}';
  const hostile = scopeOf('wf_refused', { slow: true });
  const results = await Promise.all(Array.from({ length: 10 }, () => evaluator.resolve(text, hostile)));
  const told = results.map((result) => (result.ok ? 'ok' : result.failure.message));
  const refused = told.filter((message) => message.includes('not tried again'));
  expect(told.every((message) => message.startsWith('The expression took longer than 250 ms'))).toBe(true);
  // Three were evaluated, and what both workers had begun when the third was known.
  expect(refused.length).toBeGreaterThanOrEqual(5);
  expect(await codeOf(text, scopeOf('wf_refused', { slow: false }))).toBe('ok');
}, 60_000);

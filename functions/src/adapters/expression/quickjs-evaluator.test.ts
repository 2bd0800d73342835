// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions under test are texts
import type { JsonValue } from '@automateos/shared/model/json';
import type { EvaluationScope } from '@automateos/shared/ports/evaluator';
import { afterAll, describe, expect, test } from 'vitest';
import { createQuickJsEvaluator } from './quickjs-evaluator.ts';

const evaluator = createQuickJsEvaluator();
afterAll(() => evaluator.close());

const scope: EvaluationScope = {
  input: {
    n: 5,
    items: [
      { name: 'a', price: 2 },
      { name: 'b', price: 3 },
    ],
    nothing: null,
  },
  steps: new Map<string, JsonValue>([['fetch', { body: { total: 120 } }]]),
  item: { n: 1 },
  index: 0,
  vars: { token: 'canary-7f3a' },
  execution: { id: 'exe_1' },
  callbackUrl: (nodeId) => `https://x.example/${nodeId}`,
};

const outcome = async (source: string) => evaluator.resolve(`{{ ${source} }}`, scope);
const value = async (source: string) => {
  const result = await outcome(source);
  return result.ok ? result.value : result.failure;
};

describe('expressions in the sandbox', () => {
  test('see the data, the language and the callback addresses', async () => {
    expect(await value('input.items.map(item => item.name + index)')).toEqual(['a0', 'b0']);
    expect(await value('Object.entries(steps.fetch.output.body).flat()')).toEqual(['total', 120]);
    expect(await value('[execution.callbackUrl("w")].concat(input.n)')).toEqual(['https://x.example/w', 5]);
    expect(await value('input?.nope?.a.b.c()')).toBe(null);
    expect(await value('[input.nothing, input.nope, 0/0].filter(x => x !== undefined)')).toEqual([null, null]);
    expect(await value('((a, {b = item.n} = {}) => a + b)(1)')).toBe(2);
    expect(await value('new Map([[1, new Date(0)]]).get(1)')).toBe('1970-01-01T00:00:00.000Z');
  });

  test('a path that leads nowhere is noted there, too', async () => {
    expect(await outcome('[input.nope].length')).toEqual({ ok: true, value: 1, missing: ['input.nope'] });
    expect(await outcome('(input.nope ?? "d").toUpperCase()')).toEqual({ ok: true, value: 'D', missing: [] });
  });

  test('an error tells expression, place and kinds of values', async () => {
    expect(await value('input.items\n  .map(x => x.name.nope.y)')).toMatchObject({
      code: 'EXPRESSION_FAILED',
      retryable: false,
      message: "TypeError: cannot read property 'y' of undefined",
      details: { line: 2, column: 24, values: { 'input.items': 'array (2) of object' } },
    });
    expect(await value('input.nope.map(x => x)')).toMatchObject({ message: expect.stringContaining('there is no input.nope') });
    expect(await value('(() => { throw "text" })()')).toMatchObject({ message: 'text' });
    expect(await value('(() => { throw { toString() { throw 1 } } })()')).toMatchObject({
      message: 'an error without a message',
    });
    expect(JSON.stringify(await value('vars.token.nope()'))).not.toContain('canary-7f3a');
  });

  test('data is frozen', async () => {
    for (const source of [
      'input.items.push(1)',
      'input.n = 2',
      'delete input.n',
      'input.items[0].name = "x"',
      'Object.defineProperty(input, "z", {value: 1})',
    ]) {
      expect(await value(source)).toMatchObject({ code: 'EXPRESSION_FAILED', message: expect.stringMatching(/^TypeError/) });
    }
    expect(await value('input.items.toSorted((a, b) => b.price - a.price)[0].name')).toBe('b');
  });

  test('random numbers differ from evaluation to evaluation', async () => {
    const drawn = new Set(await Promise.all(Array.from({ length: 20 }, () => value('Math.random() + [].length'))));
    expect(drawn.size).toBe(20);
  });

  test('what is not JSON is refused or made null', async () => {
    expect(await value('10n')).toMatchObject({ code: 'EXPRESSION_FAILED' });
    expect(await value('(async () => 1)()')).toMatchObject({ message: 'TypeError: an expression cannot wait for a promise' });
    expect(await value('x => x')).toBe(null);
    expect(await value('(() => { const a = {}; a.a = a; return a })()')).toMatchObject({
      message: expect.stringContaining('circular'),
    });
  });

  test('numbers, dates and texts do not depend on the machine', async () => {
    expect(await value('new Date(2020, 6, 1).toISOString()')).toBe('2020-07-01T00:00:00.000Z');
    expect(await value('new Date(0).toString() + new Date(0).getTimezoneOffset()')).toBe('Thu Jan 01 1970 00:00:00 GMT+00000');
    expect(await value('(1234567.891).toLocaleString("de-DE")')).toBe('1234567.891');
    expect(await value('["ä", "z", "a"].toSorted()')).toEqual(['a', 'z', 'ä']);
    expect(await value('[10, 9, 1].toSorted()')).toEqual([1, 10, 9]);
  });
});

describe('native and sandboxed evaluation agree', () => {
  test.each([
    'input.n > 3 && input.items',
    'input.nope >= 0',
    'input.nothing ?? input.n',
    '"a" + input.n + input.nope + input.nothing',
    'input.n / 0',
    '-input.n % 2 * 0',
    '[input.n, input.nope, ...input.items]',
    '({ a: input.nope, b: input.nothing, ...input.items[0], "c-d": !input.n })',
    'input.items[index].name',
    'input.items.length',
    'typeof input.nope + typeof input.items + typeof input.nothing',
    '`${input.n}-${input.nope}`',
    '1e21 + "" + 1e-7 + 0.1 * 3',
    'input.n == "5" ? input.items[0] : null',
    '~input.n >>> 1 ^ 3 | 2 ** 5',
    '"b" > "a" === true',
    'input["constructor"]',
    'steps.fetch.output.body.total',
    'execution.callbackUrl("w")',
  ])('%s', async (source) => {
    expect(await value(`(() => (${source}))()`)).toEqual(await value(source));
  });
});

describe('the worker', () => {
  test('many slow expressions of one step are slow together', async () => {
    const slow = Array.from({ length: 20 }, () => '{{ (() => { for (let i = 0; i < 3e6; i++); return 1 })() }}');
    expect(await evaluator.resolve(slow, scope)).toMatchObject({ ok: false, failure: { code: 'EXPRESSION_TIMEOUT' } });
    expect(await value('[1].length')).toBe(1);
  });

  test('ends when closed and starts again with the next expression', async () => {
    expect(await value('[1].length')).toBe(1);
    await evaluator.close();
    expect(await value('[1, 2].map(x => x).length')).toBe(2);
  });
});

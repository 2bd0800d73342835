// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions under test are texts
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../model/json.ts';
import type { EvaluationScope } from '../ports/evaluator.ts';
import { createNativeEvaluator } from './native-evaluator.ts';
import type { SandboxAnswer, SandboxCall } from './sandbox-call.ts';

const scope: EvaluationScope = {
  input: {
    n: 5,
    s: 'text',
    list: [1, 2, { name: 'third' }],
    'x-y': 'dash',
    nothing: null,
    evil: '{{ input.n }}',
    flag: true,
    o: { a: 1 },
    key: 'n',
  },
  steps: new Map<string, JsonValue>([
    ['fetch', { status: 200, body: { total: 120, items: [{ name: 'a' }] } }],
    ['order-fetch', 'done'],
  ]),
  item: { a: null, n: 41 },
  index: 3,
  vars: { token: 'secret' },
  execution: { id: 'exe_1', startedAt: '2026-01-01T00:00:00.000Z' },
  callbackUrl: (nodeId) => `https://x.example/${nodeId}`,
};

const { resolve } = createNativeEvaluator();
const value = (text: JsonValue) => {
  const result = resolve(text, scope);
  return result.ok ? result.value : result.failure.code;
};
const missing = (text: JsonValue) => {
  const result = resolve(text, scope);
  return result.ok ? result.missing : result.failure;
};

describe('templates', () => {
  test('a single expression keeps its type, a mixed text is a string', () => {
    expect(value('{{ input.list }}')).toEqual([1, 2, { name: 'third' }]);
    expect(value('{{input.n}}')).toBe(5);
    expect(value('{{ input.n }}\n')).toBe(5);
    expect(value(' {{ input.n }}')).toBe(' 5');
    expect(value('n={{ input.n }} o={{ input.o }} x={{ input.nothing }}{{ input.nope }} b={{ input.flag }}')).toBe(
      'n=5 o={"a":1} x= b=true',
    );
  });

  test('braces and quotes inside expressions do not end them', () => {
    expect(value('{{ "}}" }}')).toBe('}}');
    expect(value("a {{ '{{' }} b {{ `}}` }}")).toBe('a {{ b }}');
    expect(value('{{ {a: {b: input.n}}}}')).toEqual({ a: { b: 5 } });
    expect(value('{{ input.n /* }} */ }}')).toBe(5);
    expect(value('{{ input.n }}}')).toBe('5}');
  });

  test('a backslash makes braces literal', () => {
    expect(value('\\{{ input.n }}')).toBe('{{ input.n }}');
    expect(value('\\{{ {{ input.n }}')).toBe('{{ 5');
    expect(value('c:\\\\{{ input.n }}')).toBe('c:\\5');
    expect(value('plain \\ {{ input.n }} {')).toBe('plain \\ 5 {');
  });

  test('what comes out of an expression is data and never evaluated again', () => {
    expect(value('{{ input.evil }}')).toBe('{{ input.n }}');
    expect(value('a {{ input.evil }} {{ "{" }}{ input.n }}')).toBe('a {{ input.n }} {{ input.n }}');
  });

  test('templates are resolved however deep; the rest keeps its identity', () => {
    const constant = { deep: [1, 2, { x: 'y' }] };
    const params = { a: ['{{ input.n }}', { b: '{{ item.n }}' }], constant, code: '{{ raw }}' };
    const result = resolve(params, scope, ['code']);
    expect(result).toEqual({ ok: true, value: { a: [5, { b: 41 }], constant, code: '{{ raw }}' }, missing: [] });
    expect(result.ok && (result.value as typeof params).constant).toBe(constant);
    expect(resolve(params.constant, scope)).toMatchObject({ value: constant });
  });

  test('a key called __proto__ stays a member', () => {
    const result = resolve(JSON.parse('{"__proto__": {"polluted": "{{ input.n }}"}}'), scope);
    expect(result.ok && JSON.stringify(result.value)).toBe('{"__proto__":{"polluted":5}}');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('paths', () => {
  test('own properties only: nothing of the prototype is reachable', () => {
    for (const path of [
      'input.constructor',
      'input.__proto__',
      'input["constructor"]["constructor"]',
      'input.list.map',
      'input.s.at',
      'input.toString',
      'input.n.toFixed',
      'vars.hasOwnProperty',
      'execution.__defineGetter__',
      'steps.constructor',
      'steps.__proto__.output',
      'steps.fetch.output.valueOf',
      'input[input.s]',
      'input.list["constructor"]',
    ]) {
      expect([path, value(`{{ ${path} }}`)]).toEqual([path, null]);
    }
  });

  test('brackets, optional links, lengths, computed keys', () => {
    expect(value("{{ input['x-y'] }}")).toBe('dash');
    expect(value('{{ input.list[2].name }}')).toBe('third');
    expect(value('{{ input.list.length + input.s.length }}')).toBe(7);
    expect(value('{{ input.s[0] }}')).toBe('t');
    expect(value('{{ input[input.key] }}')).toBe(5);
    expect(value('{{ input.list[index - 1].name }}')).toBe('third');
    expect(value("{{ steps['order-fetch'].output }}")).toBe('done');
    expect(value('{{ steps.fetch }}')).toEqual({ output: scope.steps.get('fetch') });
    expect(value('{{ item.a?.b }}')).toBe(null);
  });

  test('a path that leads nowhere is null and noted; guarded ones are not noted', () => {
    expect(missing('{{ steps.fetch.output.body.totl }}')).toEqual(['steps.fetch.output.body.totl']);
    expect(missing('{{ input.nope.a.b }}-{{ steps.gone.output.x }}')).toEqual(['input.nope.a.b', 'steps.gone.output.x']);
    expect(missing('{{ input.nothing }}')).toEqual([]);
    expect(missing('{{ item.a.b }}')).toEqual(['item.a.b']);
    expect(missing('{{ item.a?.b }}{{ input.nope ?? 1 }}{{ typeof input.nope }}{{ steps?.gone?.output }}')).toEqual([]);
    expect(missing('{{ item.x?.b }}')).toEqual(['item.x?.b']);
  });
});

describe('native operators', () => {
  const agreeing = [
    'input.n > 3',
    'input.n + 1',
    'input.s + input.n',
    'input.nope > 1',
    'input.nope >= 0',
    'input.nothing >= 0',
    'input.n === 5 && input.s !== "x"',
    'input.nope || "else"',
    'input.nothing ?? "d"',
    '!input.o',
    '!!input.list',
    'input.flag ? input.n : input.s',
    '-input.n',
    '+input.s',
    '+"12"',
    '~input.n',
    'input.n ** 2 % 7',
    '`a${input.n}b${input.nope}${input.nothing}`',
    'typeof input.o',
    'typeof input.nope',
    'input.n == "5"',
    'input.nothing == undefined',
    'input.nothing === undefined',
    '1 / 0',
    '0 * -1',
    '[input.n, input.nope, 0/0, ...input.list]',
    '({a: input.n, b: input.nope, ["c" + input.n]: 1, ...input.o, "d-e": null})',
    '({...input.nope, a: 1, a: 2})',
    'true + 1',
    'null + "x"',
    'input.s < "z"',
    '5 & 3 | 8 ^ 2',
    '-5 >>> 28',
    '1 << 4 >> 2',
    'undefined',
    'NaN',
    '("abc")',
    'input.s > 3',
    '"a" - 1',
    '0.1 + 0.2',
    '1e21 + ""',
    'input.nope + 1',
    '[1,2,].length',
  ];

  test.each(agreeing)('%s gives what JavaScript gives', (source) => {
    const { input } = scope;
    // The reference is JavaScript itself, on text of this file only.
    const expected: unknown = new Function('input', `return JSON.stringify(${source})`)(input);
    const native = resolve(`{{ ${source} }}`, scope);
    if (native.ok) expect(JSON.stringify(native.value)).toBe(expected ?? 'null');
    else expect([source, native.failure.code]).toEqual(['[1,2,].length', 'EXPRESSION_UNSUPPORTED']);
  });

  test('whatever is not primitive or not simple is left to the sandbox', () => {
    for (const source of [
      'input.o + 1',
      'input.list > 1',
      'input.o == "x"',
      '`${input.list}`',
      'input.list.map(x => x)',
      'input[["n"]]',
      '{__proto__: input.o}',
      '/x/',
      '10n',
      'new Date()',
      '(() => 1)()',
      'this',
      'input.s.constructor("x")',
    ]) {
      expect([source, value(`{{ ${source} }}`)]).toEqual([source, 'EXPRESSION_UNSUPPORTED']);
    }
  });

  test('callback addresses of fixed nodes', () => {
    expect(value('{{ execution.callbackUrl("wait") }}')).toBe('https://x.example/wait');
    expect(
      createNativeEvaluator().resolve('{{ execution.callbackUrl("a") }}', { ...scope, callbackUrl: (id) => id }),
    ).toMatchObject({ value: 'a' });
  });
});

describe('the hand-over to the sandbox', () => {
  const calls: SandboxCall[] = [];
  const evaluator = createNativeEvaluator({
    sandbox: async (given) => {
      calls.push(...given);
      return [{ ok: false, code: 'EXPRESSION_FAILED', message: 'cannot read property of undefined', line: 1, column: 2 }];
    },
  });

  test('only the values that the expression refers to are handed over, and the code keeps its length', async () => {
    const text = '{{ steps.fetch.output.body.items.map(item => item.name + vars.nope + input?.a.b.trim() + item) }}';
    const result = await evaluator.resolve({ list: [{ deep: text }] }, scope);
    const call = calls.at(-1);
    expect(call?.values.map(({ name, label }) => [name, label])).toEqual([
      ['$0', 'steps.fetch.output.body.items'],
      ['$1', 'vars.nope'],
      ['$2', 'input'],
    ]);
    expect(call?.code).toBe('$0                           .map(item => item.name + $1        + $2   ?.a.b.trim() + item)');
    expect(result.ok ? null : result.failure).toMatchObject({
      code: 'EXPRESSION_FAILED',
      retryable: false,
      message: 'cannot read property of undefined (there is no vars.nope)',
      details: {
        param: 'list[0].deep',
        line: 1,
        column: 2,
        values: { 'vars.nope': 'missing', 'steps.fetch.output.body.items': 'array (1) of object' },
      },
    });
  });

  test('failures name kinds of values, never their contents', async () => {
    const result = await evaluator.resolve('{{ vars.token.trim(vars) }}', scope);
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(result.ok ? null : result.failure.details).toMatchObject({
      values: { 'vars.token': 'string (6)', vars: 'object {token}' },
    });
  });

  test('assignments, shorthands and names that look like ours do not confuse the rewriting', () => {
    const codes = (text: string) => {
      void evaluator.resolve(`{{ ${text} }}`, scope);
      return calls.at(-1)?.code;
    };
    expect(codes('f({ input, item: 1 })')).toBe('f({ input:$0   , item: 1 })');
    expect(codes('input.a = item.n')).toBe('$0   .a = $1    ');
    expect(codes('delete input.a.b')).toBe('delete $0     .b');
    expect(codes('[1].map($0 => $0 + input.n)')).toBe('[1].map($0 => $0 + $1     )');
    expect(codes('input.a?.b?.(1)')).toBe('$0   ?.a?.b?.(1)'.replace('$0   ?.a', '$0     '));
  });

  test('what needs no sandbox is there at once, and only what needs it is a promise', async () => {
    const native = { a: '{{ input.n + 1 }}', b: ['x {{ steps.fetch.output.status }}'], c: 'text' };
    expect(evaluator.resolve(native, scope)).not.toBeInstanceOf(Promise);
    expect(evaluator.resolve({ ...native, d: '{{ [1].map(String) }}' }, scope)).toBeInstanceOf(Promise);
  });

  test('answers come to the places of their expressions, between what is native', async () => {
    const asked: (string | undefined)[] = [];
    const numbered = createNativeEvaluator({
      sandbox: async (given, caller) => {
        asked.push(caller);
        return given.map((_, index) => ({ ok: true, value: index }));
      },
    });
    const params = {
      a: '{{ f() }}',
      b: ['{{ input.nope }}', '{{ g() }}-{{ h(vars.nope) }}'],
      c: { d: '{{ 1 + 1 }}', e: '{{ f() }}' },
    };
    expect(await numbered.resolve(params, { ...scope, caller: 'wf_1' })).toEqual({
      ok: true,
      value: { a: 0, b: [null, '1-2'], c: { d: 2, e: 3 } },
      missing: ['input.nope', 'vars.nope'],
    });
    expect(asked).toEqual(['wf_1']);
  });

  test('the first call that fails is the failure, and those after it are not made', async () => {
    const answers: readonly SandboxAnswer[] = [
      { ok: true, value: 1 },
      { ok: false, code: 'EXPRESSION_TIMEOUT', message: 'slow' },
    ];
    const partial = createNativeEvaluator({ sandbox: async () => answers });
    const result = await partial.resolve({ a: '{{ f() }}', b: ['{{ g() }}'], c: '{{ h() }}' }, scope);
    expect(result).toMatchObject({
      ok: false,
      failure: { code: 'EXPRESSION_TIMEOUT', details: { param: 'b[0]', expression: 'g()' } },
    });
  });

  test('a large value may not be repeated without bound', () => {
    const big = { ...scope, input: { big: Array.from({ length: 100_000 }, () => 'x'.repeat(20)) } };
    const params = { all: Array.from({ length: 1_000 }, () => '{{ input.big }}') };
    expect(createNativeEvaluator().resolve(params, big)).toMatchObject({
      ok: false,
      failure: { code: 'EXPRESSION_OUTPUT_TOO_LARGE' },
    });
    const text = { all: '{{ input.big }}'.repeat(10) };
    expect(createNativeEvaluator().resolve(text, big)).toMatchObject({
      ok: false,
      failure: { code: 'EXPRESSION_OUTPUT_TOO_LARGE' },
    });
    const doubled = { ...scope, input: 'x'.repeat(600_000) };
    expect(createNativeEvaluator().resolve('{{ input + input }}', doubled)).toMatchObject({
      ok: false,
      failure: { code: 'EXPRESSION_UNSUPPORTED' },
    });
  });
});

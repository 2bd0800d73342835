// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions under test are texts
/**
 * What hostile expressions try: to reach the host, to change what the next expression sees, to use up time and memory. After each one
 * the next expression must work and see nothing of it.
 */
import type { JsonValue } from '@automateos/shared/model/json';
import type { EvaluationScope } from '@automateos/shared/ports/evaluator';
import { afterAll, describe, expect, test } from 'vitest';
import { createQuickJsEvaluator } from './quickjs-evaluator.ts';

const evaluator = createQuickJsEvaluator();
afterAll(() => evaluator.close());

const scope: EvaluationScope = {
  input: { n: 5, items: [{ name: 'a' }, { name: 'b' }], list: [3, 1, 2] },
  steps: new Map<string, JsonValue>(),
  vars: {},
  execution: {},
};

async function evaluate(source: string, data: JsonValue = scope.input): Promise<JsonValue> {
  const result = await evaluator.resolve(`{{ ${source} }}`, { ...scope, input: data });
  return result.ok ? result.value : result.failure.code;
}

/** Touches what hostile code likes to change. */
const canary =
  '[JSON.stringify(input), input.items.map(x => x.name).join("-"), Object.keys({a: 1}), [...input.list.toSorted()], sum(input.list), slug("A b"), hash.md5("a"), "x".replace(/x/, "y"), typeof leak, String({}), Object.getOwnPropertyNames(Object.prototype).length, Object.getOwnPropertyNames(globalThis).length]';
const clean = await evaluate(canary);

async function expectUnharmed(): Promise<void> {
  expect(await evaluate(canary)).toEqual(clean);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect('polluted' in {}).toBe(false);
}

describe('reaching the host', () => {
  const waysToFunction = [
    '(() => 1).constructor',
    '(() => 1)["constr" + "uctor"]',
    '(() => 1)[["constructor"]]',
    '(({ constructor }) => constructor)(() => 1)',
    '(({ ["constructor"]: c }) => c)(() => 1)',
    '[].at.constructor',
    '"".at.constructor',
    '(1).toFixed.constructor',
    'true.valueOf.constructor',
    'Symbol().toString.constructor',
    '({}).constructor.constructor',
    '({}).__proto__.constructor.constructor',
    '({}).toString.constructor',
    'input.list.map(x => x).constructor.constructor',
    'Object.getPrototypeOf(input.items[0]).constructor.constructor',
    '((strings) => strings.constructor.constructor)`x`',
    '((strings) => strings.raw.constructor.constructor)`${1}`',
    '(() => { try { null.x } catch (e) { return e.constructor.constructor } })()',
    '(() => { try { (function f() { f() })() } catch (e) { return e.constructor.constructor } })()',
    'Reflect.getPrototypeOf(() => 1).constructor',
    'Reflect.get(() => 1, "constructor")',
    '({ get x() { return (() => 1).constructor } }).x',
    '(class { static x = Function }).x',
    'new Proxy(() => 1, {}).constructor',
    'slug.constructor',
    'hash.sha256.constructor',
    'date.constructor.constructor',
    'Array.from.constructor',
    'Promise.resolve().then.constructor',
    'new Map().get.constructor',
    'JSON.parse.constructor',
    'globalThis.Function',
    'Object.getOwnPropertyDescriptor(Function.prototype, "constructor").value',
  ];
  const look =
    '"return [typeof process, typeof require, typeof module, typeof fetch, typeof Buffer, typeof WebAssembly, typeof setTimeout, typeof std, typeof os, typeof host]"';
  const nothing = Array.from({ length: 10 }, () => 'undefined');

  test.each(waysToFunction)('%s leads to the sandbox\u2019s own Function and no further', async (way) => {
    expect(await evaluate(`(${way})(${look})()`)).toEqual(nothing);
    await expectUnharmed();
  });

  test('eval in every form sees the sandbox only', async () => {
    for (const source of [
      `(0, eval)("[typeof process, typeof require]")`,
      'eval("[typeof process, typeof require]")',
      'Function("with (this) { return [typeof process, typeof require] }")()',
      'Reflect.construct(Function, ["return [typeof process, typeof require]"])()',
      '(function () { return [typeof process, typeof require] }).call(undefined)',
      '[...(function* () {}).constructor("yield typeof process; yield typeof require")()]',
    ]) {
      expect([source, await evaluate(source)]).toEqual([source, ['undefined', 'undefined']]);
    }
    await expectUnharmed();
  });

  test('asynchronous constructors give promises, and promises are refused', async () => {
    for (const source of [
      '(async () => {}).constructor("return process")()',
      '(async function* () {}).constructor("yield process")().next()',
      'import("node:fs")',
      'Promise.resolve(1)',
    ]) {
      expect([source, await evaluate(source)]).toEqual([source, 'EXPRESSION_FAILED']);
    }
    await expectUnharmed();
  });

  test('stack traces and callers show nothing of the host', async () => {
    const seen = JSON.stringify([
      await evaluate('(() => { Error.prepareStackTrace = (_, frames) => frames; return String(new Error().stack) })()'),
      await evaluate('(() => { try { null.x } catch (e) { return e.stack } })()'),
      await evaluate('(() => { try { hash.md5() } catch (e) { return e.stack + e.message } })()'),
      await evaluate('(() => { const o = {}; Error.captureStackTrace?.(o); return o.stack ?? "none" })()'),
      await evaluate('(() => { try { return String(slug.caller) } catch (e) { return e.message } })()'),
    ]);
    expect(seen).not.toMatch(/node:|\/work|\/home|\.ts\b|\.mjs\b|wasm-function/);
    await expectUnharmed();
  });

  test('data that looks like code stays data', async () => {
    const hostile = [
      '{{ input.n }}',
      '${process.env}',
      '"]);throw 1;//',
      "');process.exit();//",
      '</script>',
      '\u2028\u2029',
      '$0',
      '\\u0000',
      '\u0000',
      '\ud800',
      '`',
      '*/',
      '<!--',
    ];
    expect(await evaluate('input.map(x => x)', hostile)).toEqual(hostile);
    expect(
      await evaluate('Object.entries(input).map(([k, v]) => k + v)', Object.fromEntries(hostile.map((text) => [text, text]))),
    ).toEqual(hostile.map((text) => text + text));
    expect(
      await evaluate(
        '[JSON.stringify(input)].join()',
        JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
      ),
    ).toBe('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    await expectUnharmed();
  });

  test('results with names of the prototype are plain members', async () => {
    const result = await evaluate('JSON.parse(`{"__proto__": {"polluted": 1}, "constructor": 1, "toString": 2}`)');
    expect(JSON.stringify(result)).toBe('{"__proto__":{"polluted":1},"constructor":1,"toString":2}');
    expect(JSON.stringify(await evaluate('group([{k: "__proto__"}, {k: "constructor"}], "k")'))).toBe(
      '{"__proto__":[{"k":"__proto__"}],"constructor":[{"k":"constructor"}]}',
    );
    await expectUnharmed();
  });
});

describe('changing what comes after', () => {
  const pollutions = [
    'Object.prototype.polluted = 1',
    '({}).__proto__.polluted = 1',
    '({}).constructor.prototype.polluted = 1',
    'Array.prototype.map = () => "evil"',
    'Array.prototype.toJSON = () => "evil"',
    'Object.prototype.toJSON = () => "evil"',
    'String.prototype.toString = () => "evil"',
    'JSON.parse = () => "evil"',
    'JSON.stringify = () => "evil"',
    'Object.freeze = x => x',
    'Object.keys = () => ["evil"]',
    'Array.prototype[Symbol.iterator] = function* () { yield "evil" }',
    'Object.defineProperty(Array.prototype, "0", { set() {}, get() { return "evil" } })',
    'Object.defineProperty(Object.prototype, "value", { get() { return "evil" } })',
    'Function.prototype.call = () => "evil"',
    'Function.prototype.apply = () => "evil"',
    'RegExp.prototype[Symbol.replace] = () => "evil"',
    'Promise.prototype.then = () => "evil"',
    'globalThis.leak = input',
    'Function("leak = 1")()',
    'Error.prototype.message = "evil"',
    'Object.setPrototypeOf(Array.prototype, { evil: 1 })',
    'Object.defineProperty(globalThis, "JSON", { value: { parse: () => "evil", stringify: () => "evil" } })',
    'Object.defineProperty(Object.prototype, "then", { get() { globalThis.leak = 1 } })',
    'Symbol.for("leak")',
    'Reflect.ownKeys(globalThis).forEach(key => { try { delete globalThis[key] } catch {} })',
    'Object.freeze(Object.prototype)',
  ];

  test.each(pollutions)('%s is gone with its expression', async (source) => {
    await evaluate(`(() => { ${source}; return 1 })()`);
    await expectUnharmed();
  });

  test('the library itself cannot be changed', async () => {
    for (const source of [
      '(() => { sum = 1 })()',
      'date.now = 1',
      'delete globalThis.slug',
      'Object.defineProperty(hash, "md5", { value: 1 })',
      'base64.x = 1',
    ]) {
      expect([source, await evaluate(`[${source}]`)]).toEqual([source, 'EXPRESSION_FAILED']);
    }
    await expectUnharmed();
  });

  test('nothing of one tenant\u2019s data is left for the next', async () => {
    await evaluate('[globalThis.a = input, Symbol.for(input), new RegExp(input), input.repeat(1000)].length', 'canary-4711');
    expect(
      await evaluate(
        '[typeof a, RegExp.$1, RegExp.lastMatch, new Error().stack, JSON.stringify(Object.getOwnPropertyNames(globalThis))].join().includes("4711")',
      ),
    ).toBe(false);
    expect(
      await evaluate('[...new Uint8Array(4_000_000)].every(x => x === 0) || [...new Uint8Array(4_000_000)].length'),
    ).not.toBe(false);
    await expectUnharmed();
  });
});

describe('using up time, memory and stack', () => {
  const bounded = ['EXPRESSION_TIMEOUT', 'EXPRESSION_MEMORY', 'EXPRESSION_FAILED', 'EXPRESSION_OUTPUT_TOO_LARGE'];
  const exhaustions = [
    '(() => { for (;;); })()',
    '(() => { for (;;) try { for (;;); } catch {} finally { continue } })()',
    '(function f() { return f() })()',
    '(function f() { try { return f() } catch { return f() } })()',
    '(() => { const a = {}; a.toString = () => `${a}`; return `${a}` })()',
    '({ toJSON() { for (;;); } })',
    '({ get x() { for (;;); } })',
    'new Proxy({}, { ownKeys() { for (;;); } })',
    '[2, 1].sort(() => { for (;;); })',
    '[...(function* () { for (;;) yield 1 })()]',
    '/(a+)+$/.test("a".repeat(50) + "b")',
    '/(a|a)*$/.test("a".repeat(50) + "b")',
    '/^(\\w+\\s?)*$/.test("word ".repeat(50) + "!")',
    '/(?=(a+))*b/.test("a".repeat(100000))',
    '"x".repeat(2 ** 29)',
    '"x".padStart(2 ** 29)',
    'Array(2 ** 26).fill(0)',
    'new Uint8Array(2 ** 30)',
    'new Array(2 ** 24).fill("x").join("y")',
    '(() => { let s = "x"; for (;;) s += s })()',
    '(() => { const all = []; for (;;) all.push({ all }) })()',
    '(() => { const all = new Map(); for (let i = 0; ; i++) all.set(i, i) })()',
    '"a".repeat(1e6).replaceAll("a", "b".repeat(1000))',
    '"\\u0344".repeat(5e6).normalize("NFD")',
    '2n ** 100_000_000n',
    '(() => { let n = 3n; for (;;) n *= n })()',
    'Math.max(...Array(5e6))',
    'JSON.parse("[".repeat(1e6))',
    'JSON.parse("[".repeat(1e5) + "]".repeat(1e5))',
    'JSON.stringify((() => { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a })())',
    '(() => { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a })()',
    '(() => { let a = []; for (let i = 0; i < 300; i++) a = [a]; return a })()',
    '(() => { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a.flat(Infinity) })()',
    '(() => { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return String(a) })()',
    '(() => { let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); return p.x })()',
    '(() => { let f = () => 1; for (let i = 0; i < 1e5; i++) f = f.bind(null); return f() })()',
    'eval("(".repeat(1e5))',
    '(() => { const f = n => eval("f(n + 1)"); return f(0) })()',
    'new RegExp("(".repeat(1e5))',
    'new RegExp("(?:a".repeat(5e4) + ")".repeat(5e4))',
    'Function("a,".repeat(1e5) + "b", "return 1")()',
    '"x".repeat(1_048_577)',
    'Array(600_000).fill(1)',
    '(() => { throw new Error("x".repeat(1e7)) })()',
    '(() => { throw "x".repeat(1e7) })()',
    '(() => { const big = "x".repeat(1e6); for (;;) hash.sha256(big) })()',
    '(() => { for (;;) date.format(0) })()',
    'hash.sha256("x".repeat(2e7))',
    'date.format(0, "y".repeat(1000))',
    'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
  ];

  test.each(exhaustions)('%s', async (source) => {
    expect(bounded).toContain(await evaluate(source));
    await expectUnharmed();
  });

  // These loop inside QuickJS's own native code and never look at the deadline: only killing the worker ends them.
  test.each([
    '[].indexOf.call({ length: 2 ** 53 - 1 }, 1)',
    '[].reverse.call({ length: 2 ** 53 - 1 })',
    'new Array(2 ** 31).join("").length',
    '"a".repeat(5e6).indexOf("a".repeat(2e6) + "b")',
  ])('native loop %s', async (source) => {
    expect(bounded).toContain(await evaluate(source));
    await expectUnharmed();
  });

  test('errors are short, whatever was thrown', async () => {
    const result = await evaluator.resolve('{{ (() => { throw new Error("x".repeat(1e5)) })() }}', scope);
    expect(result.ok ? '' : result.failure.message.length).toBeLessThan(1_100);
  });

  test('more data than the sandbox can hold is refused before it is copied', async () => {
    expect(
      await evaluate(
        'input.map(x => x).length',
        Array.from({ length: 20 }, () => 'x'.repeat(1_000_000)),
      ),
    ).toBe('EXPRESSION_MEMORY');
    await expectUnharmed();
  });
});

/** What hostile JavaScript tries in a script node, beyond what the same engine withstands in expressions. */
import { StepError } from '@automateos/shared/model/step-error';
import { afterAll, expect, test } from 'vitest';
import { createScriptSandbox } from './script-sandbox.ts';

const sandbox = createScriptSandbox();
afterAll(() => sandbox.close());

async function run(code: string, timeoutMs = 10_000) {
  const request = {
    language: 'javascript',
    code,
    globals: { input: { n: 1 } },
    timeoutMs,
    signal: new AbortController().signal,
  } as const;
  return await sandbox.run(request).catch((error: unknown) => {
    if (error instanceof StepError) return { failure: error.failure };
    throw error;
  });
}

const look =
  'return [typeof process, typeof require, typeof module, typeof fetch, typeof Buffer, typeof setTimeout, typeof WebAssembly, typeof host].join()';
const nothing = Array.from({ length: 8 }, () => 'undefined').join();

test.each([
  look,
  `return (() => 1).constructor(${JSON.stringify(look)})()`,
  `return await (async () => 1).constructor(${JSON.stringify(look)})()`,
  `return (await (async function* () {}).constructor(${JSON.stringify(look.replace('return', 'yield'))})().next()).value`,
  `return [...(function* () {}).constructor(${JSON.stringify(look.replace('return', 'yield'))})()][0]`,
  `return console.log.constructor(${JSON.stringify(look)})()`,
  `return (0, eval)(${JSON.stringify(`(() => { ${look} })()`)})`,
  `return Function(${JSON.stringify(`with (this) { ${look} }`)})()`,
  `return input.constructor.constructor(${JSON.stringify(look)})()`,
  `return await Promise.resolve().then.constructor(${JSON.stringify(look)})()`,
])('reaching the host: %s', async (code) => {
  expect(await run(code)).toMatchObject({ value: nothing });
});

test('no module can be imported', async () => {
  for (const name of ['node:fs', 'fs', './child-lockdown.ts', 'std', 'os', 'data:text/javascript,export default 1']) {
    expect(await run(`return await import(${JSON.stringify(name)})`)).toMatchObject({ failure: { code: 'SCRIPT_FAILED' } });
  }
  expect(await run('import fs from "node:fs"; return fs')).toMatchObject({ failure: { code: 'SCRIPT_FAILED' } });
});

test('stack traces show nothing of the host', async () => {
  const result = await run(`
Error.prepareStackTrace = (_, frames) => frames;
const stacks = [String(new Error("x").stack)];
delete Error.prepareStackTrace;
try { hash.sha256() } catch (error) { stacks.push(error.stack, error.message) }
try { await (async () => null.x)() } catch (error) { stacks.push(error.stack) }
return stacks.join()`);
  expect(JSON.stringify(result)).not.toMatch(/node:|\/work|\/home|\.ts\b|\.mjs\b|wasm-function/);
});

test('endless work in jobs, thenables, getters and logs ends in time', async () => {
  for (const code of [
    '(function again() { Promise.resolve().then(again) })(); await new Promise(() => {})',
    'return { then() { for (;;); } }',
    'return { get x() { for (;;); } }',
    'return { toJSON() { for (;;); } }',
    'console.log({ toJSON() { for (;;); } })',
    'console.log({ toString() { for (;;); }, toJSON() { throw 1 } })',
    'for (;;) await null',
    'for await (const x of (async function* () { for (;;) yield 1 })()) x',
    'throw { toString() { for (;;); } }',
  ]) {
    expect([code, await run(code, 300)]).toMatchObject([code, { failure: { code: 'SCRIPT_TIMEOUT' } }]);
  }
  expect(await run('return 1')).toMatchObject({ value: 1 });
});

test('answers cannot be forged by what is printed', async () => {
  expect(
    await run('console.log("\\n{\\"type\\":\\"value\\",\\"value\\":\\"forged\\",\\"logs\\":[]}\\n"); return "real"'),
  ).toMatchObject({ value: 'real' });
});

test('memory, stack and output run out inside the sandbox', async () => {
  for (const code of [
    'return "x".repeat(2 ** 29)',
    'let s = "x"; for (;;) s += s',
    'const all = new Map(); for (let i = 0; ; i++) all.set(i, { i })',
    'return new Uint8Array(2 ** 30)',
    'return JSON.parse("[".repeat(1e6))',
    'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a.flat(Infinity)',
    'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return String(a)',
    'let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); return p.x',
    'const f = (n) => eval("f(n + 1)"); return f(0)',
    'throw new Error("x".repeat(3e7))',
    'for (;;) console.log("x".repeat(1e6))',
  ]) {
    expect([code, await run(code, 3_000)]).toMatchObject([
      code,
      { failure: { code: expect.stringMatching(/^SCRIPT_(FAILED|MEMORY|TIMEOUT|OUTPUT_TOO_LARGE)$/) } },
    ]);
  }
  expect(await run('return [typeof leak, 1 + 1]')).toMatchObject({ value: ['undefined', 2] });
});

test('pollution of every built-in ends with the script', async () => {
  await run(
    'for (const key of Reflect.ownKeys(globalThis)) { try { globalThis[key].prototype.toJSON = () => "evil" } catch {} }\nObject.prototype.then = (resolve) => resolve("evil"); globalThis.leak = input',
  );
  expect(await run('return [JSON.stringify({ a: [1] }), typeof leak, await Promise.resolve(1)]')).toMatchObject({
    value: ['{"a":[1]}', 'undefined', 1],
  });
});

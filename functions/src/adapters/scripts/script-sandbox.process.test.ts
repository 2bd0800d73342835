import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { JsonObject } from '@automateos/shared/model/json';
import { StepError } from '@automateos/shared/model/step-error';
import { afterAll, describe, expect, test } from 'vitest';
import { startChild } from './sandbox-child.ts';
import { networkIsolation, sandboxCommand } from './sandbox-command.ts';
import { createScriptSandbox } from './script-sandbox.ts';

const sandbox = createScriptSandbox();
afterAll(() => sandbox.close());

const globals = {
  input: { n: 2, items: [1, 2, 3] },
  steps: { fetch: { output: { total: 7 } } },
  vars: {},
  execution: { id: 'exe_1' },
};

type Options = {
  readonly language?: 'javascript' | 'python';
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly globals?: JsonObject;
};

async function run(code: string, options: Options = {}) {
  const request = {
    language: 'javascript',
    timeoutMs: 10_000,
    globals,
    signal: new AbortController().signal,
    code,
    ...options,
  } as const;
  return await sandbox.run(request).catch((error: unknown) => {
    if (error instanceof StepError) return { failure: error.failure };
    throw error;
  });
}

describe('JavaScript', () => {
  test('return gives the output; data, library, await and console are there', async () => {
    expect(await run('return input.n + steps.fetch.output.total')).toEqual({ value: 9, logs: [] });
    expect(await run('input.items.push(4);\nreturn sum(input.items)')).toEqual({ value: 10, logs: [] });
    expect(await run('const a = await Promise.all([1, (async () => { await null; return 2 })()]);\nreturn a')).toMatchObject({
      value: [1, 2],
    });
    expect(await run('console.log("a", { b: 1 }, [2]); console.warn(new Error("c")); console.error(null)')).toEqual({
      value: null,
      logs: ['a {"b":1} [2]', 'warn: Error: c', 'error: null'],
    });
    expect(
      await run('return date.format("2026-03-29T01:30:00Z", "HH:mm", "Europe/Berlin") // a comment at the end'),
    ).toMatchObject({ value: '03:30' });
  });

  test('errors say where', async () => {
    expect(await run('const x = 1;\nnull.y')).toMatchObject({
      failure: { code: 'SCRIPT_FAILED', message: expect.stringMatching(/^TypeError: .* \(line 2\)$/), details: { line: 2 } },
    });
    expect(await run('const x = ;')).toMatchObject({ failure: { code: 'SCRIPT_FAILED', details: { line: 1, column: 11 } } });
    expect(await run('}); throw 1; (async () => {')).toMatchObject({
      failure: { message: expect.stringContaining('SyntaxError') },
    });
    expect(await run('console.log("before"); throw new Error("boom")')).toMatchObject({
      failure: { details: { logs: ['before'] } },
    });
    expect(await run('await new Promise(() => {})')).toMatchObject({
      failure: { message: expect.stringContaining('nothing can settle') },
    });
  });

  test('nothing is left for the next script', async () => {
    await run(
      'globalThis.leak = input; Object.prototype.leak = 1; Array.prototype.map = () => 1; JSON.stringify = () => "evil"; return 1',
    );
    expect(await run('return [typeof leak, ({}).leak, [1].map(x => x + 1), Math.random() !== Math.random()]')).toMatchObject({
      value: ['undefined', null, [2], true],
    });
  });

  test('many scripts at once all get their own answer', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => run('return input', { globals: { input: n } })));
    expect(answers).toEqual(Array.from({ length: 20 }, (_, n) => ({ value: n, logs: [] })));
  });

  test('time does not depend on the machine\u2019s zone', async () => {
    expect(await run('return [new Date(2020, 6, 1).toISOString(), new Date(0).getTimezoneOffset()]')).toMatchObject({
      value: ['2020-07-01T00:00:00.000Z', 0],
    });
  });
});

describe('limits', () => {
  test('time: an endless loop, and one that only killing ends', async () => {
    expect(await run('for (;;);', { timeoutMs: 300 })).toMatchObject({ failure: { code: 'SCRIPT_TIMEOUT', class: 'timeout' } });
    expect(await run('try { await (async () => { for (;;); })() } catch {} return 1', { timeoutMs: 300 })).toMatchObject({
      failure: { code: 'SCRIPT_TIMEOUT' },
    });
    expect(await run('return [].indexOf.call({ length: 2 ** 53 - 1 }, 1)', { timeoutMs: 300 })).toMatchObject({
      failure: { code: 'SCRIPT_TIMEOUT' },
    });
    expect(await run('return 1')).toMatchObject({ value: 1 });
  });

  test('memory, output, nesting, code and input', async () => {
    expect(await run('const all = []; for (;;) all.push({ all })')).toMatchObject({
      failure: { code: 'SCRIPT_MEMORY', retryable: false },
    });
    expect(await run('return "x".repeat(5e6)')).toMatchObject({ failure: { code: 'SCRIPT_OUTPUT_TOO_LARGE' } });
    expect(await run('let a = []; for (let i = 0; i < 1000; i++) a = [a]; return a')).toMatchObject({
      failure: { code: 'SCRIPT_OUTPUT_TOO_LARGE' },
    });
    expect(await run(`return 1 //${'x'.repeat(300_000)}`)).toMatchObject({ failure: { code: 'SCRIPT_FAILED' } });
    expect(await run('return 1', { globals: { input: Array.from({ length: 20 }, () => 'x'.repeat(1e6)) } })).toMatchObject({
      failure: { code: 'SCRIPT_MEMORY' },
    });
    expect(await run('(function f() { f() })()')).toMatchObject({
      failure: { message: expect.stringContaining('stack overflow') },
    });
    expect(await run('return 1')).toMatchObject({ value: 1 });
  });

  test('logs are kept up to 16 KiB; the rest is counted', async () => {
    const result = await run('for (let i = 0; i < 10000; i++) console.log("line " + i)');
    const logs = 'logs' in result ? result.logs : [];
    expect(logs.join('\n').length).toBeLessThan(17_000);
    expect(logs.at(-1)).toMatch(/^\[\d+ more lines were dropped\]$/);
  });

  test('an abort ends the script with its reason', async () => {
    const controller = new AbortController();
    const running = run('for (;;);', { signal: controller.signal });
    controller.abort(new Error('cancelled by the test'));
    await expect(running).rejects.toThrow('cancelled by the test');
    expect(await run('return 1')).toMatchObject({ value: 1 });
  });
});

/** Linux only; elsewhere there is nothing to compare. */
function childPids(): string[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(process.pid);
    } catch {
      return false; // it has just ended
    }
  });
}

describe('the child process', () => {
  test('has no environment, and its command names the closed doors', () => {
    const { args } = sandboxCommand('python', null);
    expect(args).toEqual(expect.arrayContaining(['--permission', '--disallow-code-generation-from-strings', '--no-addons']));
    expect(args.filter((arg) => arg.startsWith('--allow'))).toEqual(args.filter((arg) => arg.startsWith('--allow-fs-read=')));
    expect(args.join()).not.toMatch(/--allow-fs-read=\/?\*?(,|$)/);
  });

  test('refuses to serve where a door is open', async () => {
    const { file, args } = sandboxCommand('javascript', networkIsolation());
    const child = startChild({ file, args: args.filter((arg) => arg !== '--disallow-code-generation-from-strings') }, '/tmp');
    expect(await child.started).toMatchObject({ message: { type: 'unsafe', reason: 'code can be made from text' } });
    child.kill();
    await child.gone;
  });

  test('that cannot be started is told as ended', async () => {
    const child = startChild({ file: '/nonexistent/node', args: [] }, '/tmp');
    expect(await child.started).toMatchObject({ kind: 'ended' });
    await child.gone;
  });

  test('closing ends every child', async () => {
    const before = childPids();
    const own = createScriptSandbox();
    await own.run({
      language: 'javascript',
      code: 'return 1',
      globals: {},
      timeoutMs: 1_000,
      signal: new AbortController().signal,
    });
    await own.close();
    expect(childPids()).toEqual(before);
    await expect(own.close()).resolves.toBeUndefined();
  });
});

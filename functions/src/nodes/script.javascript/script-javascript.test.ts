import { StepError } from '@automateos/shared/model/step-error';
import type { StepContext } from '@automateos/shared/ports/node-runtime';
import type { ScriptRequest, ScriptSandbox } from '@automateos/shared/ports/script-sandbox';
import { describe, expect, test } from 'vitest';
import { execute } from './execute.ts';
import { manifest } from './manifest.ts';

function stepContext(sandbox: ScriptSandbox): { context: StepContext; logged: string[] } {
  const logged: string[] = [];
  const context: StepContext = {
    org: 'org_1',
    executionId: 'exe_1',
    workflowId: 'wf_1',
    nodeId: 'code',
    params: { code: 'return input.n', timeoutMs: 50 },
    idempotencyKey: 'key',
    attempt: 1,
    signal: new AbortController().signal,
    credential: null,
    http: { send: () => Promise.reject(new Error('scripts make no requests')) },
    sandbox,
    globals: { input: { n: 1 } },
    log: (level, message) => logged.push(`${level}|${message}`),
  };
  return { context, logged };
}

describe('script.javascript', () => {
  test('hands code, globals and limit to the sandbox and returns its value', async () => {
    const seen: ScriptRequest[] = [];
    const { context, logged } = stepContext({
      run: async (request) => {
        seen.push(request);
        return { value: { n: 1 }, logs: ['hello', 'warn: careful', 'error: bad\nworse'] };
      },
    });
    await expect(execute(context)).resolves.toEqual({ output: { n: 1 } });
    expect(seen).toMatchObject([{ language: 'javascript', code: 'return input.n', globals: { input: { n: 1 } }, timeoutMs: 50 }]);
    expect(logged).toEqual(['info|hello', 'warn|careful', 'error|bad\nworse']);
  });

  test('what a failing script printed is in the log, not in the error', async () => {
    const { context, logged } = stepContext({
      run: () =>
        Promise.reject(
          new StepError({ code: 'SCRIPT_FAILED', message: 'boom (line 2)', details: { line: 2, logs: ['before'] } }),
        ),
    });
    await expect(execute(context)).rejects.toMatchObject({ failure: { code: 'SCRIPT_FAILED', details: { line: 2 } } });
    await execute(context).catch((error: StepError) => expect(error.failure.details).toEqual({ line: 2 }));
    expect(logged[0]).toBe('info|before');
  });

  test('params: code is needed, the limit has a default and a maximum', () => {
    expect(manifest.params.safeParse({ code: 'return 1' }).data).toEqual({ code: 'return 1', timeoutMs: 10_000 });
    expect(manifest.params.safeParse({}).success).toBe(false);
    expect(manifest.params.safeParse({ code: 'x', timeoutMs: 999_999_999 }).success).toBe(false);
    expect(manifest.params.safeParse({ code: 'x', language: 'python' }).success).toBe(false);
    expect(manifest.rawParams).toEqual(['code']);
  });
});

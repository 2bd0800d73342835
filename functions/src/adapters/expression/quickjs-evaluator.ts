/**
 * The Evaluator of the server: native where it can be, QuickJS in worker threads for the rest. Nothing is loaded before the first
 * expression that needs it, and the event loop never waits for one.
 */
import { deeperThan, maxJsonDepth } from '@automateos/shared/expression/json-depth';
import { jsonSize } from '@automateos/shared/expression/json-size';
import { createNativeEvaluator } from '@automateos/shared/expression/native-evaluator';
import type { ExpressionSandbox, SandboxAnswer, SandboxCall } from '@automateos/shared/expression/sandbox-call';
import type { JsonValue } from '@automateos/shared/model/json';
import type { Evaluator } from '@automateos/shared/ports/evaluator';
import { createExpressionPool } from './expression-pool.ts';
import { expressionEngineLimits } from './expression-protocol.ts';
import type { EngineAnswer } from './quickjs-engine.ts';
import { createTimeoutRecord, timeoutLimit } from './timeout-record.ts';

export type QuickJsEvaluator = Evaluator & {
  /** Starts the sandbox in the background, so that the first expression need not wait for it; `prepare` does it where one needs it. */
  readonly warm: () => void;
  readonly close: () => Promise<void>;
};

/** Characters of JSON that an expression may refer to; more cannot fit the sandbox's memory. */
const maxValues = 16_777_216;
/** Time that all sandboxed expressions of one resolve may take together, without their time in the queue. */
const resolveLimitMs = 750;

export function createQuickJsEvaluator(options: { readonly idleMs?: number } = {}): QuickJsEvaluator {
  const pool = createExpressionPool({ idleMs: options.idleMs ?? 300_000 });
  const timeouts = createTimeoutRecord(() => performance.now());

  const sandbox: ExpressionSandbox = async (calls, caller = '') => {
    const answers: SandboxAnswer[] = [];
    let spentMs = 0;
    for (const call of calls) {
      const { answer, tookMs } =
        spentMs > resolveLimitMs
          ? { answer: tooSlow(`The expressions took longer than ${resolveLimitMs} ms together`), tookMs: 0 }
          : await ask(call, caller);
      answers.push(answer);
      spentMs += tookMs;
      if (!answer.ok) break;
    }
    return answers;
  };
  const ask = async (call: SandboxCall, caller: string): Promise<{ answer: SandboxAnswer; tookMs: number }> => {
    const given = call.values.map(({ value }) => value ?? null);
    if (jsonSize(given, maxValues) > maxValues) {
      const message = 'The expression refers to more data than fits the sandbox';
      return { answer: { ok: false, code: 'EXPRESSION_MEMORY', message }, tookMs: 0 };
    }
    const evaluation = { caller, source: call.source, values: JSON.stringify(given) };
    const names = call.values.map(({ name }) => name).join(',');
    const engineCall = {
      // The expression begins on the second line, in its first column.
      code: `"use strict";((${names})=>(\n${call.code}\n))`,
      values: evaluation.values,
      absent: call.values.flatMap(({ value }, index) => (value === undefined ? [index] : [])),
    };
    const reply = await pool.ask({ call: engineCall, caller, isWanted: () => !timeouts.isRefused(evaluation) });
    if (reply === null) return { answer: tooSlow(refused), tookMs: 0 };
    if (reply.answer.kind === 'timeout') timeouts.note(evaluation);
    return { answer: translate(reply.answer, call), tookMs: reply.tookMs };
  };
  return { ...createNativeEvaluator({ sandbox, warm: pool.warm }), warm: pool.warm, close: pool.close };
}

const tookTooLong = `The expression took longer than ${expressionEngineLimits.cpuMs} ms`;
const refused = `${tookTooLong} ${timeoutLimit.times} times within a minute with this data: it is not tried again for now`;

function tooSlow(message: string): SandboxAnswer {
  return { ok: false, code: 'EXPRESSION_TIMEOUT', message };
}

function translate(answer: EngineAnswer, call: SandboxCall): SandboxAnswer {
  switch (answer.kind) {
    case 'value': {
      const value: JsonValue = JSON.parse(answer.json);
      if (!deeperThan(value, maxJsonDepth)) return { ok: true, value };
      return {
        ok: false,
        code: 'EXPRESSION_OUTPUT_TOO_LARGE',
        message: `The result is nested deeper than ${maxJsonDepth} levels`,
      };
    }
    case 'timeout':
      return tooSlow(tookTooLong);
    case 'memory':
      return { ok: false, code: 'EXPRESSION_MEMORY', message: 'The expression needs more memory than it may have' };
    case 'output-too-large':
      return {
        ok: false,
        code: 'EXPRESSION_OUTPUT_TOO_LARGE',
        message: `The result is larger than ${expressionEngineLimits.outputChars} characters`,
      };
    case 'broken':
      return { ok: false, code: 'EXPRESSION_FAILED', message: `The sandbox failed: ${answer.message}` };
    case 'error':
      return { ok: false, code: 'EXPRESSION_FAILED', message: readable(answer.message, call), ...place(answer.stack) };
  }
}

/** Our short names stand for what the author wrote. */
function readable(message: string, call: SandboxCall): string {
  const labels = new Map(call.values.map(({ name, label }) => [name, label]));
  const told = message.replace(/\$[0-9a-z]+/g, (name) => labels.get(name) ?? name);
  return told === 'InternalError: stack overflow' ? 'The expression recurses too deeply' : told.slice(0, 1_000);
}

function place(stack: string): { line?: number; column?: number } {
  const found = /\bexpression:(\d+):(\d+)/.exec(stack);
  return found ? { line: Number(found[1]) - 1, column: Number(found[2]) } : {};
}

/**
 * The Evaluator of the server: native where it can be, QuickJS in a worker thread for the rest. Nothing is loaded before the first
 * expression that needs it.
 */
import { deeperThan, maxJsonDepth } from '@automateos/shared/expression/json-depth';
import { jsonSize } from '@automateos/shared/expression/json-size';
import { createNativeEvaluator } from '@automateos/shared/expression/native-evaluator';
import type { SandboxAnswer, SandboxCall } from '@automateos/shared/expression/sandbox-call';
import type { JsonValue } from '@automateos/shared/model/json';
import type { Evaluator } from '@automateos/shared/ports/evaluator';
import { expressionEngineLimits } from './expression-protocol.ts';
import { createExpressionThread } from './expression-thread.ts';
import type { EngineAnswer } from './quickjs-engine.ts';

export type QuickJsEvaluator = Evaluator & {
  /** Starts the sandbox in the background, so that the first expression need not wait for it; `prepare` does it where one needs it. */
  readonly warm: () => void;
  readonly close: () => Promise<void>;
};

/** Characters of JSON that an expression may refer to; more cannot fit the sandbox's memory. */
const maxValues = 16_777_216;
/** All sandboxed expressions of one resolve, which blocks the event loop. */
const resolveLimitMs = 750;

export function createQuickJsEvaluator(options: { readonly idleMs?: number } = {}): QuickJsEvaluator {
  const thread = createExpressionThread({ idleMs: options.idleMs ?? 300_000 });
  let spentMs = 0;
  const sandbox = (call: SandboxCall): SandboxAnswer => {
    if (spentMs > resolveLimitMs) return tooSlow(`The expressions took longer than ${resolveLimitMs} ms together`);
    thread.ready(); // its start is not the expression's time
    const began = performance.now();
    const answer = ask(call);
    spentMs += performance.now() - began;
    return answer;
  };
  const ask = (call: SandboxCall): SandboxAnswer => {
    const given = call.values.map(({ value }) => value ?? null);
    if (jsonSize(given, maxValues) > maxValues) {
      return { ok: false, code: 'EXPRESSION_MEMORY', message: 'The expression refers to more data than fits the sandbox' };
    }
    const names = call.values.map(({ name }) => name).join(',');
    const answer = thread.ask({
      // The expression begins on the second line, in its first column.
      code: `"use strict";((${names})=>(\n${call.code}\n))`,
      values: JSON.stringify(given),
      absent: call.values.flatMap(({ value }, index) => (value === undefined ? [index] : [])),
    });
    return translate(answer, call);
  };
  const evaluator = createNativeEvaluator({ sandbox, warm: thread.warm });
  return {
    ...evaluator,
    resolve(value, scope, raw) {
      spentMs = 0;
      return evaluator.resolve(value, scope, raw);
    },
    warm: thread.warm,
    close: thread.close,
  };
}

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
      return tooSlow(`The expression took longer than ${expressionEngineLimits.cpuMs} ms`);
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

/** Hands an expression that the native interpreter does not cover to the sandbox, with the values it refers to and nothing else. */
import type { JsonValue } from '../model/json.ts';
import type { StepFailure } from '../model/step-error.ts';
import type { Evaluated } from '../ports/evaluator.ts';
import type { CompiledExpression } from './compiled-expression.ts';
import { expressionFailure, valueShape } from './expression-failure.ts';
import { type Frame, LeaveToSandbox, nativeBudget } from './native-frame.ts';

export type SandboxCall = {
  /** A JavaScript expression in which data stands under the names of `values`; lines and columns are those of `source`. */
  readonly code: string;
  readonly source: string;
  /** Absent data is undefined, as it is in JavaScript. */
  readonly values: readonly { readonly name: string; readonly label: string; readonly value: JsonValue | undefined }[];
};

export type SandboxAnswer =
  | { readonly ok: true; readonly value: JsonValue }
  | {
      readonly ok: false;
      readonly code: 'EXPRESSION_FAILED' | 'EXPRESSION_TIMEOUT' | 'EXPRESSION_MEMORY' | 'EXPRESSION_OUTPUT_TOO_LARGE';
      readonly message: string;
      readonly line?: number;
      readonly column?: number;
    };

/**
 * Evaluates the calls of one resolve in turn, up to the first that fails: the answers are as many as were evaluated. Bounded in time,
 * memory, stack and output; keeps nothing that a call did for the next. Never rejects.
 */
export type ExpressionSandbox = (calls: readonly SandboxCall[], caller: string | undefined) => Promise<readonly SandboxAnswer[]>;

export type PreparedCall =
  | { readonly ok: true; readonly call: SandboxCall }
  | { readonly ok: false; readonly failure: StepFailure };

/** The expression with its data, or why it cannot be handed over. */
export function prepareCall({ program, source }: CompiledExpression, frame: Frame): PreparedCall {
  if (!program.ok) return failed(expressionFailure('EXPRESSION_FAILED', program.message, { expression: source }));
  const values: { name: string; label: string; value: JsonValue | undefined }[] = [];
  for (const { name, label, run } of program.bindings) {
    frame.budget = nativeBudget;
    try {
      values.push({ name, label, value: run(frame) });
    } catch (error) {
      if (error !== LeaveToSandbox) throw error;
      return failed(expressionFailure('EXPRESSION_FAILED', `${label} is not available here`, { expression: source }));
    }
  }
  return { ok: true, call: { code: program.code, source, values } };
}

/** What an answer means for whoever wrote the expression. */
export function readAnswer({ source, values }: SandboxCall, answer: SandboxAnswer): Evaluated {
  if (answer.ok) return { ok: true, value: answer.value, missing: [] };
  return failed(
    expressionFailure(answer.code, explain(answer.message, values), {
      expression: source,
      ...(answer.line === undefined ? {} : { line: answer.line }),
      ...(answer.column === undefined ? {} : { column: answer.column }),
      values: Object.fromEntries(values.map(({ label, value }) => [label, valueShape(value)])),
    }),
  );
}

/** A TypeError about undefined is nearly always a path that led nowhere. */
function explain(message: string, values: readonly { readonly label: string; readonly value: JsonValue | undefined }[]): string {
  const absent = values.filter(({ value }) => value === undefined).map(({ label }) => label);
  return absent.length > 0 && /undefined/.test(message) ? `${message} (there is no ${absent.join(', no ')})` : message;
}

function failed(failure: StepFailure): { readonly ok: false; readonly failure: StepFailure } {
  return { ok: false, failure };
}

/**
 * The Evaluator: resolves the templates of params. Paths and simple operators run natively, in microseconds; everything else goes to the
 * sandbox it is given, and is EXPRESSION_UNSUPPORTED without one (simulator, console). A value that comes out of an expression is
 * data: it is never looked at for templates again.
 *
 * A value is walked once; what needs the sandbox is noted on the way. Only where something was noted, it is walked again with the answers.
 */
import { isJsonObject, type JsonValue } from '../model/json.ts';
import type { StepFailure } from '../model/step-error.ts';
import type { Evaluated, EvaluationScope, Evaluator, NativeEvaluator } from '../ports/evaluator.ts';
import { expressionReferences, joinKey, templateNesting } from './analyse-templates.ts';
import { type CompiledExpression, compileExpression } from './compiled-expression.ts';
import { expressionFailure } from './expression-failure.ts';
import { jsonSize } from './json-size.ts';
import { LeaveToSandbox, nativeBudget, toJson } from './native-frame.ts';
import { parseTemplate } from './parse-template.ts';
import { type ExpressionSandbox, prepareCall, readAnswer, type SandboxCall } from './sandbox-call.ts';
import { createBoundedCache } from './two-generation-cache.ts';

export const templateLimits = {
  /** Characters of one resolved string template. */
  text: 8_388_608,
  /** Characters of all values that one resolve repeats, once it refers to more than a few. */
  repeated: 33_554_432,
  freeReferences: 8,
} as const;

export type NativeEvaluatorOptions = {
  readonly sandbox?: ExpressionSandbox;
  /** Told of values, ahead of their time, in which an expression cannot run without the sandbox. */
  readonly warm?: () => void;
  /** Distinct template texts kept compiled. */
  readonly maxCached?: number;
};

type State = {
  readonly scope: EvaluationScope;
  readonly missing: Set<string>;
  /** Where the first walk notes what the sandbox has to do; null without a sandbox. */
  readonly calls: SandboxCall[] | null;
  /** What the sandbox answered, in the order of `calls`; null in the first walk. */
  readonly answers: readonly Evaluated[] | null;
  nextAnswer: number;
  budget: number;
  references: number;
  repeated: number;
};

type Resolve = (state: State) => JsonValue;
/** null: the value holds no template and stands for itself. */
type Compiled = {
  readonly resolve: Resolve | null;
  readonly value: JsonValue;
  /** An expression in it is always the sandbox's. */
  readonly sandboxed?: boolean;
};

class Failed extends Error {
  readonly failure: StepFailure;
  constructor(failure: StepFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

export function createNativeEvaluator(options?: Omit<NativeEvaluatorOptions, 'sandbox'>): NativeEvaluator;
export function createNativeEvaluator(options: NativeEvaluatorOptions): Evaluator;
export function createNativeEvaluator(options: NativeEvaluatorOptions = {}): Evaluator {
  const { sandbox } = options;
  const texts = createBoundedCache<string, Compiled>(options.maxCached ?? 10_000);
  // Params come from cached plans, so their identity repeats from execution to execution.
  const trees = new WeakMap<object, Compiled>();
  const references = new WeakMap<object, ReturnType<Evaluator['references']>>();

  const compile = (value: JsonValue, depth: number): Compiled => {
    if (typeof value === 'string') return value.includes('{{') ? texts.get(value, compileText) : { resolve: null, value };
    if (typeof value !== 'object' || value === null) return { resolve: null, value };
    if (depth > templateNesting) return { value, resolve: () => fail(tooDeep()) };
    return isJsonObject(value) ? compileObject(Object.entries(value), value, depth) : compileArray(value, depth);
  };
  const compileObject = (entries: readonly (readonly [string, JsonValue])[], value: JsonValue, depth: number): Compiled => {
    const members = entries.map(([key, one]) => [key, compile(one, depth + 1)] as const);
    if (members.every(([, one]) => one.resolve === null)) return { resolve: null, value };
    return {
      value,
      sandboxed: members.some(([, one]) => one.sandboxed),
      resolve: (state) => Object.fromEntries(members.map(([key, one]) => [key, resolveMember(one, state, key)])),
    };
  };
  const compileArray = (value: readonly JsonValue[], depth: number): Compiled => {
    const elements = value.map((one) => compile(one, depth + 1));
    if (elements.every((one) => one.resolve === null)) return { resolve: null, value };
    const sandboxed = elements.some((one) => one.sandboxed);
    return { value, sandboxed, resolve: (state) => elements.map((one, index) => resolveMember(one, state, `[${index}]`)) };
  };
  const compiledTree = (value: JsonValue): Compiled => {
    if (typeof value !== 'object' || value === null) return compile(value, 0);
    const known = trees.get(value) ?? compile(value, 0);
    trees.set(value, known);
    return known;
  };

  const walk = (value: JsonValue, raw: readonly string[], state: State): Evaluated => {
    try {
      const resolved =
        raw.length > 0 && isJsonObject(value) ? resolveExcept(value, raw, state) : resolveCompiled(compiledTree(value), state);
      return { ok: true, value: resolved, missing: state.missing.size === 0 ? none : [...state.missing] };
    } catch (error) {
      if (error instanceof Failed) return { ok: false, failure: error.failure };
      throw error;
    }
  };

  return {
    resolve(value, scope, raw = []) {
      const calls: SandboxCall[] = [];
      const state = newState(scope, sandbox ? calls : null, null);
      const result = walk(value, raw, state);
      if (!sandbox || calls.length === 0 || !result.ok) return result;
      return sandbox(calls, scope.caller).then((given) => {
        const answers = given.flatMap((answer, index) => calls.slice(index, index + 1).map((call) => readAnswer(call, answer)));
        return walk(value, raw, { ...newState(scope, null, answers), missing: state.missing });
      });
    },
    prepare(value, raw = []) {
      if (options.warm === undefined) return;
      const parts = isJsonObject(value)
        ? Object.entries(value).flatMap(([key, one]) => (raw.includes(key) ? [] : [one]))
        : [value];
      if (parts.some((one) => compiledTree(one).sandboxed)) options.warm();
    },
    references(value) {
      if (typeof value !== 'object' || value === null) return expressionReferences(value);
      const known = references.get(value) ?? expressionReferences(value);
      references.set(value, known);
      return known;
    },
  };

  function resolveExcept(value: { readonly [key: string]: JsonValue }, raw: readonly string[], state: State): JsonValue {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, raw.includes(key) ? one : resolveMember(compiledTree(one), state, key)]),
    );
  }
}

const none: readonly string[] = [];

function newState(scope: EvaluationScope, calls: State['calls'], answers: State['answers']): State {
  return { scope, missing: new Set(), calls, answers, nextAnswer: 0, budget: 0, references: 0, repeated: 0 };
}

function resolveCompiled(compiled: Compiled, state: State): JsonValue {
  return compiled.resolve === null ? compiled.value : compiled.resolve(state);
}

/** Resolves and, when it fails, says in which param. */
function resolveMember(compiled: Compiled, state: State, key: string): JsonValue {
  if (compiled.resolve === null) return compiled.value;
  try {
    return compiled.resolve(state);
  } catch (error) {
    if (error instanceof Failed) throw new Failed(withParam(error.failure, key));
    throw error;
  }
}

function withParam(failure: StepFailure, key: string): StepFailure {
  const details = isJsonObject(failure.details) ? failure.details : {};
  const inner = typeof details.param === 'string' ? details.param : '';
  const outer = key.startsWith('[') ? key : joinKey('', key);
  const param = inner === '' || inner.startsWith('[') ? `${outer}${inner}` : `${outer}.${inner}`;
  return { ...failure, details: { ...details, param } };
}

function compileText(text: string): Compiled {
  const template = parseTemplate(text);
  switch (template.kind) {
    case 'text':
      return { resolve: null, value: template.text };
    case 'invalid': {
      const { message, line, column } = template.problem;
      return {
        value: text,
        resolve: () => fail(expressionFailure('EXPRESSION_SYNTAX', message, { expression: text, line, column })),
      };
    }
    case 'single': {
      const expression = compileExpression(template.expression);
      const sandboxed = needsSandbox(expression);
      return { value: text, sandboxed, resolve: (state) => countReference(evaluate(expression, state), expression, state) };
    }
    case 'mixed': {
      const parts = template.parts.map((part) => (typeof part === 'string' ? part : compileExpression(part)));
      const sandboxed = parts.some((part) => typeof part !== 'string' && needsSandbox(part));
      return { value: text, sandboxed, resolve: (state) => joinParts(parts, state) };
    }
  }
}

function needsSandbox({ native, program }: CompiledExpression): boolean {
  return native === null && program.ok;
}

function joinParts(parts: readonly (string | CompiledExpression)[], state: State): string {
  let result = '';
  for (const part of parts) {
    result += typeof part === 'string' ? part : asText(evaluate(part, state));
    if (result.length > templateLimits.text) {
      const expression = typeof part === 'string' ? part : part.source;
      fail(
        expressionFailure('EXPRESSION_OUTPUT_TOO_LARGE', `The text is longer than ${templateLimits.text} characters`, {
          expression,
        }),
      );
    }
  }
  return result;
}

/** In a text, objects are JSON and null is empty. */
function asText(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function evaluate(expression: CompiledExpression, state: State): JsonValue {
  if (expression.native !== null) {
    state.budget = nativeBudget;
    try {
      return toJson(expression.native(state));
    } catch (error) {
      if (error !== LeaveToSandbox) throw error;
    }
  }
  return state.answers === null ? noteCall(expression, state) : takeAnswer(state.answers, state);
}

/** The value does not matter: it is another walk that is returned. */
function noteCall(expression: CompiledExpression, state: State): JsonValue {
  if (state.calls === null && expression.program.ok) {
    const message = 'Only paths and simple operators can be evaluated here';
    fail(expressionFailure('EXPRESSION_UNSUPPORTED', message, { expression: expression.source }));
  }
  const prepared = prepareCall(expression, state);
  if (!prepared.ok) fail(prepared.failure);
  state.calls?.push(prepared.call);
  return null;
}

/** Both walks come to the same expressions in the same order, as nothing that they see changes in between. */
function takeAnswer(answers: readonly Evaluated[], state: State): JsonValue {
  const result = answers[state.nextAnswer];
  state.nextAnswer += 1;
  if (result === undefined) throw new RangeError('The sandbox has answered fewer calls than it was asked');
  return result.ok ? result.value : fail(result.failure);
}

/** A definition may refer to one large value many times; the sum is bounded because all of it is stored. */
function countReference(value: JsonValue, expression: CompiledExpression, state: State): JsonValue {
  if (typeof value === 'object' && value !== null) {
    state.references += 1;
    if (state.references > templateLimits.freeReferences) {
      state.repeated += jsonSize(value, templateLimits.repeated);
      if (state.repeated > templateLimits.repeated) {
        fail(
          expressionFailure('EXPRESSION_OUTPUT_TOO_LARGE', 'The values are too large together', {
            expression: expression.source,
          }),
        );
      }
    }
  }
  return value;
}

function tooDeep(): StepFailure {
  return expressionFailure('EXPRESSION_SYNTAX', `Values may be nested ${templateNesting} levels deep`, { expression: '' });
}

function fail(failure: StepFailure): never {
  throw new Failed(failure);
}

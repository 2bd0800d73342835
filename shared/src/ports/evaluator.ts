/**
 * Evaluates the templates of params. Implementations resolve plain paths natively and everything else in a sandbox; nothing a tenant
 * wrote is ever evaluated by the host. Bounded in time, memory, stack and output size, and never in the way of the event loop: what is
 * resolved natively is there at once, what needs the sandbox is a promise.
 */
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { StepFailure } from '../model/step-error.ts';

/** What `{{ }}` can see. Accessors, so that only what an expression refers to is loaded. */
export type EvaluationScope = {
  readonly input: JsonValue;
  /** Output of a step by node id; undefined when it has not run (skipped). Values must be loaded before evaluation: see `references`. */
  readonly steps: ReadonlyMap<string, JsonValue>;
  readonly item?: JsonValue;
  readonly index?: number;
  readonly vars: JsonObject;
  readonly execution: JsonObject;
  /** `execution.callbackUrl(nodeId)`; absent where there is none. */
  readonly callbackUrl?: (nodeId: string) => string;
  /** Whose evaluation it is (the workflow): the sandbox takes turns between callers. Not visible to expressions. */
  readonly caller?: string;
};

export type Evaluated =
  | {
      readonly ok: true;
      readonly value: JsonValue;
      /** Paths that led nowhere and became null: `steps.fetch.output.body.totl`. */
      readonly missing: readonly string[];
    }
  | { readonly ok: false; readonly failure: StepFailure };

export interface Evaluator {
  /**
   * Resolves every template in `value`, however deep; `raw` names top-level keys that are left as they are. A promise only where an
   * expression has gone to the sandbox; it is never rejected for what an expression does.
   */
  resolve(value: JsonValue, scope: EvaluationScope, raw?: readonly string[]): Evaluated | Promise<Evaluated>;
  /** Such values will be resolved soon: starts what that takes, in the background. Absent where nothing can be done ahead. */
  prepare?(value: JsonValue, raw?: readonly string[]): void;
  /** What a value with templates refers to, so that it can be loaded first. Unparsable expressions refer to nothing. */
  references(value: JsonValue): { readonly steps: readonly string[]; readonly vars: boolean };
}

/** One without a sandbox: everything is there at once. */
export interface NativeEvaluator extends Evaluator {
  resolve(value: JsonValue, scope: EvaluationScope, raw?: readonly string[]): Evaluated;
}

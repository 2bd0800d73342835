/**
 * What a node type says of itself: data only, readable by server, console and CLI. The zod schemas are the single source of the
 * params' types, the generated JSON Schema, the console's form and the validation of definitions.
 */
import type { z } from 'zod';
import type { CredentialType } from './credential-type.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** Who runs the step: `branches` integration steps, `branches-ai` LangGraph, `branches-heavy` browser and media. */
export type Pool = 'branches' | 'branches-ai' | 'branches-heavy';

/**
 * - `pure`: only what the engine's bounded evaluator computes; may be recomputed after a crash, so it is never written on its own.
 * - `effect`: touches the world (HTTP, scripts): marked as started by a commit before it runs.
 * - `control`: the engine itself carries it out (for-each, while, wait, callback, approval, call).
 */
export type NodeEffect = 'pure' | 'effect' | 'control';

export type NodeKind = 'trigger' | 'integration' | 'flow' | 'data' | 'script' | 'human' | 'ai';

export type RetryClass = 'network' | '429' | '5xx' | 'timeout' | 'any';

export type RetryDefaults = {
  readonly maxAttempts: number;
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
  readonly jitter: boolean;
  readonly on: readonly RetryClass[];
};

export type NodeManifest = {
  /** `http.request`: lower case, dots between group and name. */
  readonly type: string;
  /** Raised when params change their meaning; a definition without `typeVersion` means the newest. */
  readonly version: number;
  readonly title: string;
  readonly description: string;
  /** Icon name of the console's set; unknown names fall back to the kind's icon. */
  readonly icon: string;
  readonly kind: NodeKind;
  readonly params: z.ZodType;
  readonly output?: z.ZodType;
  /** First = default. A function where the params decide (flow.switch). Effectful nodes get `error` added by the engine. */
  readonly ports: readonly string[] | ((params: JsonObject) => readonly string[]);
  readonly effect: NodeEffect;
  readonly pool: Pool;
  /** Nodes that hold other nodes (`parent`). */
  readonly container?: boolean;
  /**
   * Param names whose text the engine evaluates itself at its own time and which the runner must leave as they are
   * (`condition` of flow.while, for example). Everything else is resolved before the step starts.
   */
  readonly lazyParams?: readonly string[];
  /** Params in which `{{ }}` is plain text (script code). */
  readonly rawParams?: readonly string[];
  readonly retry?: RetryDefaults;
  readonly defaultTimeoutMs?: number;
  readonly credentialKinds?: readonly string[];
  /** Kinds of credentials that it brings, beside the built-in ones. */
  readonly credentialTypes?: readonly CredentialType[];
  readonly sample?: { readonly params: JsonObject; readonly output?: JsonValue };
};

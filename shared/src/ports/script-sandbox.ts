/**
 * Runs a tenant's script in a locked-down child process: no environment, no network, no files, limits on time, memory and output.
 */
import type { JsonObject, JsonValue } from '../model/json.ts';

export type ScriptRequest = {
  readonly language: 'javascript' | 'python';
  readonly code: string;
  /** The names that the script sees: input, steps, item, index, vars, execution. */
  readonly globals: JsonObject;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

export type ScriptResult = { readonly value: JsonValue; readonly logs: readonly string[] };

export interface ScriptSandbox {
  /** Throws StepError: SCRIPT_FAILED (with line), SCRIPT_TIMEOUT, SCRIPT_MEMORY, SCRIPT_OUTPUT_TOO_LARGE, SCRIPT_UNAVAILABLE. */
  run(request: ScriptRequest): Promise<ScriptResult>;
}

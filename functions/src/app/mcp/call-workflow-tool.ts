/**
 * A call of a tool is a start of its workflow, and a wait for its end. The wait is bounded: what takes longer goes on by itself, and the
 * answer says how to ask for it. Whoever hangs up stops nothing.
 */
import { type Execution, isTerminal } from '@automateos/shared/model/execution';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { digest } from '../digest.ts';
import { planOf } from '../engine/plan-of.ts';
import { startExecution } from '../engine/start-execution.ts';
import { loadStoredValue } from '../engine/stored-values.ts';
import { waitForExecution } from '../engine/wait-for-execution.ts';
import type { WorkflowTool } from './workflow-tools.ts';

export type ToolCall = {
  readonly tool: WorkflowTool;
  readonly input: JsonObject;
  /** The caller's: one key starts one execution for 7 days. */
  readonly idempotencyKey: string | null;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** Told now and then while the workflow runs; waited for no longer than `waitMs`. */
  readonly onWaiting?: ((waitedMs: number) => void) | undefined;
};

export type ToolRun =
  | { readonly kind: 'succeeded'; readonly executionId: string; readonly output: JsonValue }
  | { readonly kind: 'ended'; readonly executionId: string; readonly status: string; readonly error: Execution['error'] }
  | { readonly kind: 'under-way'; readonly executionId: string };

/** Between two tellings. */
const tellMs = 5_000;

export async function callWorkflowTool(app: App, principal: Principal, call: ToolCall): Promise<ToolRun> {
  const { tool, input, idempotencyKey: key, waitMs, signal } = call;
  const { org } = principal;
  const { executionId } = await startExecution(app, principal, {
    ...{ workflowId: tool.workflowId, version: tool.version, input },
    trigger: { kind: 'manual', by: principal.userId },
    dedupe:
      key === null
        ? undefined
        : {
            key: `mcp-${digest(org, tool.workflowId, key)}`,
            digest: digest(JSON.stringify(input)),
            sent: { header: 'Idempotency-Key', key },
          },
  });
  const stopTelling = tellWhileWaiting(app, call);
  try {
    const execution = await waitForExecution(app, org, executionId, { timeoutMs: waitMs, until: 'finished', signal });
    return await runOf(app, execution);
  } finally {
    stopTelling();
  }
}

async function runOf(app: App, execution: Execution): Promise<ToolRun> {
  const { id: executionId, status, error } = execution;
  if (!isTerminal(status)) return { kind: 'under-way', executionId };
  if (status !== 'succeeded') return { kind: 'ended', executionId, status, error };
  const { output } = execution;
  const value = output === null ? null : await loadStoredValue(app, execution, await planOf(app, execution), output);
  return { kind: 'succeeded', executionId, output: value };
}

function tellWhileWaiting(app: App, { onWaiting }: ToolCall): () => void {
  if (onWaiting === undefined) return () => {};
  const begun = app.clock.now();
  let cancel = (): void => {};
  const tell = (): void => {
    onWaiting(app.clock.now() - begun);
    cancel = app.clock.after(tellMs, tell);
  };
  tell();
  return () => cancel();
}

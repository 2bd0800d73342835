/**
 * Spans and latencies of steps. Node ids, types, attempts and outcomes; never params, outputs or what an error says. Where nobody listens
 * the work is called as it is.
 */
import type { PlanNode } from '@automateos/shared/engine/plan';
import type { Step } from '@automateos/shared/model/branch';
import type { Span } from '@automateos/shared/ports/telemetry';
import type { Executed } from '../engine/executed.ts';
import { type Run, stepAt } from '../engine/run.ts';
import { metrics } from './metric-names.ts';

/** One attempt of an effectful step. */
export function observeAttempt(run: Run, node: PlanNode, step: Step, work: () => Promise<Executed>): Promise<Executed> {
  const { telemetry } = run.app;
  return telemetry.tracing || telemetry.metering ? attempt(run, node, step, work) : work();
}

async function attempt(run: Run, node: PlanNode, step: Step, work: () => Promise<Executed>): Promise<Executed> {
  const { telemetry, clock } = run.app;
  const startedAt = clock.now();
  const span = telemetry.tracing ? startSpan(run, node, step.scope, step) : null;
  let executed: Executed | null = null;
  try {
    executed = await (span ? telemetry.within(span, work) : work());
    return executed;
  } finally {
    const outcome = outcomeOf(executed);
    if (telemetry.metering) {
      const labels = { node_type: node.type, outcome };
      telemetry.record(metrics.stepDuration, (clock.now() - startedAt) / 1_000, labels);
    }
    if (span) endSpan(span, outcome, executed?.kind === 'failed' ? executed.failure.code : null);
  }
}

/** null: the engine's own work around it failed, as in an outage. */
function outcomeOf(executed: Executed | null): string {
  if (executed === null) return 'lost';
  return executed.kind === 'done' ? 'succeeded' : executed.kind;
}

/** A step that the engine carries out itself: evaluated, or a wait, a loop, a call as it is entered or left. */
export function observeStep<T>(run: Run, node: PlanNode, scope: string, work: () => Promise<T>): Promise<T> {
  const { telemetry } = run.app;
  return telemetry.tracing || telemetry.metering ? ownStep(run, node, scope, work) : work();
}

async function ownStep<T>(run: Run, node: PlanNode, scope: string, work: () => Promise<T>): Promise<T> {
  const { telemetry } = run.app;
  const span = telemetry.tracing ? startSpan(run, node, scope, stepAt(run, scope, node.id)) : null;
  try {
    return await (span ? telemetry.within(span, work) : work());
  } finally {
    // entered: the worker is in the loop's first item already
    const step = stepAt(run, scope, node.id);
    const outcome = step?.status ?? 'entered';
    if (telemetry.metering && node.effect === 'pure') {
      telemetry.add(metrics.pureSteps, 1, { node_type: node.type, outcome });
    }
    if (span) endSpan(span, outcome, step?.status === 'failed' ? (step.failure?.code ?? 'NODE_FAILED') : null);
  }
}

function startSpan(run: Run, node: PlanNode, scope: string, step: Step | undefined): Span {
  return run.app.telemetry.startSpan(`step ${node.type}`, {
    attributes: {
      'automateos.node.id': node.id,
      'automateos.node.type': node.type,
      'automateos.step.scope': scope,
      'automateos.step.attempt': step?.attempt ?? 1,
      'automateos.step.generation': step?.generation ?? 1,
    },
  });
}

function endSpan(span: Span, outcome: string, failure: string | null): void {
  span.set({ 'automateos.step.outcome': outcome });
  if (failure !== null) {
    // codes are ours or a node type's: short words, no text
    const code = /^[A-Z][A-Z0-9_]{0,63}$/.test(failure) ? failure : 'NODE_FAILED';
    span.set({ 'error.type': code });
    span.fail(code);
  }
  span.end();
}

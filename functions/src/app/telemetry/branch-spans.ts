/**
 * The span of the branch that a worker has in its hands, and of the next one where it goes on with a child.
 *
 * One execution is one trace, however long it waits and whoever works on it: its document keeps the traceparent of the request that
 * started it. So the span above a branch is the function invocation that carries it, where that belongs to the trace, else the start of the
 * execution; and a branch LINKS to whoever announced it: the forking branch, the last arrival of a join, a wake-up, a sweep.
 */
import { parseTraceparent } from '@automateos/shared/model/traceparent';
import type { Span } from '@automateos/shared/ports/telemetry';
import { baseId } from '../engine/branch-document.ts';
import type { Run } from '../engine/run.ts';

export type BranchSpans = {
  /** Runs one turn of the worker under the span of the branch that it then holds. */
  within<T>(work: () => T): T;
  end(): void;
};

/** null where nobody traces. */
export function branchSpans(run: Run): BranchSpans | null {
  if (!run.app.telemetry.tracing) return null;
  const { announcedBy } = run.origin;
  const parent = parentOf(run);
  let held = baseId(run.branch.id);
  let span = startSpan(run, parent, announcedBy);
  return {
    within(work) {
      const now = baseId(run.branch.id);
      if (now !== held) {
        // a branch that fails for good goes on as the stop of its execution
        endSpan(span, run.branch.at?.node === '$stop' ? 'failed' : 'ended');
        held = now;
        span = startSpan(run, parent, span.traceparent);
      }
      return run.app.telemetry.within(span, work);
    },
    end() {
      // `running` here: another worker has it, or an outage ended the work
      endSpan(span, run.branch.status === 'running' ? 'left' : run.branch.status);
    },
  };
}

function parentOf(run: Run): string | null {
  const { trace } = run.execution.data;
  const { announcedBy, invokedBy } = run.origin;
  if (trace === undefined) return invokedBy ?? announcedBy ?? null;
  const sameTrace = parseTraceparent(invokedBy)?.traceId === parseTraceparent(trace)?.traceId;
  return sameTrace && invokedBy !== undefined ? invokedBy : trace;
}

function startSpan(run: Run, parent: string | null, announcedBy: string | undefined): Span {
  const { branch } = run;
  const { workflowId, version } = run.execution.data;
  return run.app.telemetry.startSpan('branch', {
    kind: 'consumer',
    parent,
    links: [...new Set([announcedBy, run.origin.invokedBy])].filter((link) => link !== parent),
    attributes: {
      'automateos.organization.id': branch.org,
      'automateos.workflow.id': workflowId,
      'automateos.workflow.version': version,
      'automateos.execution.id': branch.executionId,
      'automateos.branch.id': branch.id,
      'automateos.branch.pool': branch.pool,
      'automateos.branch.crashes': branch.crashes,
    },
  });
}

function endSpan(span: Span, outcome: string): void {
  span.set({ 'automateos.branch.outcome': outcome });
  if (outcome === 'failed') span.fail(outcome);
  span.end();
}

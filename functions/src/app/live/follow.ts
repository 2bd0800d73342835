/** What can be followed live. Each stream tells what its reader may see, for as long as they may. */
import type { ExecutionStatus } from '@automateos/shared/model/execution';
import type { LiveEvent, LiveItem } from '@automateos/shared/model/live-event';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import type { Action } from '../auth/permissions.ts';
import { watchExecution } from '../executions/watch-execution.ts';
import { approvalChanges } from './approval-changes.ts';
import { openCursor } from './change-cursor.ts';
import type { ChangeSource } from './change-source.ts';
import { executionChanges } from './execution-changes.ts';
import { followChanges } from './follow-changes.ts';
import { whileAllowed } from './while-allowed.ts';
import { workflowChanges } from './workflow-changes.ts';

export type Follow = {
  /** Goes on behind this id; null = from the beginning (an execution), from now on (changes). */
  readonly after: string | null;
  readonly signal: AbortSignal;
  /** Who the reader is now; null when nobody any more. Asked every half minute. */
  readonly renew: () => Promise<Principal | null>;
};

export type Followed = AsyncGenerator<LiveItem, void>;

/** An id that a stream of changes goes on behind as if it had begun now: for a client that has read the list and has no event yet. */
export function nowId(app: App): string {
  return openCursor(null, app.clock.now()).id();
}

/** History first; ends when the execution has. NOT_FOUND and MALFORMED_REQUEST come with the first event. */
export function followExecution(app: App, principal: Principal, request: Follow & { readonly executionId: string }): Followed {
  const { clock } = app;
  const allowed = { ...request, clock, principal, action: 'executions.read' } as const;
  const { executionId, after } = request;
  return whileAllowed(allowed, (signal) => watchExecution(app, principal, { executionId, after, signal }));
}

export type FollowExecutions = Follow & {
  readonly workflowId?: string | undefined;
  /** Only changes after which an execution has this status. */
  readonly status?: ExecutionStatus | undefined;
};

/** Of changes: MALFORMED_REQUEST for an id of another stream comes at once. Executions that begin, wait, go on, are paused, resumed, stopped, retried, or end. */
export function followExecutions(app: App, principal: Principal, request: FollowExecutions): Followed {
  const { workflowId, status } = request;
  return follow(app, principal, 'executions.read', executionChanges(principal.org), request, (event) => {
    if (event.type !== 'execution') return false;
    const { execution } = event;
    return (workflowId ?? execution.workflowId) === execution.workflowId && (status ?? execution.status) === execution.status;
  });
}

/** Approvals that are asked for, decided, timed out or closed. */
export function followApprovals(app: App, principal: Principal, request: Follow): Followed {
  return follow(app, principal, 'approvals.read', approvalChanges(principal.org), request);
}

/** Workflows that are made, saved, activated, deactivated or deleted. */
export function followWorkflows(
  app: App,
  principal: Principal,
  request: Follow & { readonly workflowId?: string | undefined },
): Followed {
  const { workflowId } = request;
  return follow(app, principal, 'workflows.read', workflowChanges(principal.org), request, (event) => {
    return workflowId === undefined || (event.type === 'workflow' && event.workflow.id === workflowId);
  });
}

function follow(
  app: App,
  principal: Principal,
  action: Action,
  source: ChangeSource,
  { after, signal, renew }: Follow,
  keeps: (event: LiveEvent) => boolean = () => true,
): Followed {
  const allowed = { clock: app.clock, principal, action, signal, renew };
  const cursor = openCursor(after, app.clock.now());
  const isBehind = after !== null;
  return whileAllowed(allowed, (until) => followChanges(app, source, { cursor, isBehind, signal: until, keeps }));
}

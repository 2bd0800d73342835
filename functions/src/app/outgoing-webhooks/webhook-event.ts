/**
 * What is told of a run: what happened, when, to what, and where to ask for more. No inputs, no outputs, no error messages: they may hold
 * what the receiver must not see, and whoever may see them finds them behind the link.
 */
import type { DeadLetter } from '@automateos/shared/model/dead-letter';
import type { Execution, TerminalStatus } from '@automateos/shared/model/execution';
import type { JsonObject } from '@automateos/shared/model/json';
import type { SentEventType } from '@automateos/shared/model/outgoing-webhook';
import type { Approval } from '@automateos/shared/model/wait';
import type { App } from '../app-context.ts';
import { digest } from '../digest.ts';

export type WebhookEvent = {
  /** Derived from what happened: a receiver that sees it twice knows it. */
  readonly id: string;
  readonly type: SentEventType;
  readonly timestamp: string;
  readonly workflowId: string | null;
  readonly executionId: string | null;
  readonly data: JsonObject;
};

const endings = {
  succeeded: 'execution.succeeded',
  failed: 'execution.failed',
  cancelled: 'execution.cancelled',
  'timed-out': 'execution.timed-out',
} as const satisfies Record<TerminalStatus, SentEventType>;

/** The execution exists: it runs, or is held back by a limit. */
export function startedEvent(app: App, execution: Execution): WebhookEvent | null {
  return executionEvent(app, execution, 'execution.started', execution.startedAt);
}

export function endedEvent(app: App, execution: Execution, status: TerminalStatus): WebhookEvent | null {
  return executionEvent(app, execution, endings[status], execution.endedAt ?? execution.startedAt);
}

/** null for a draft that somebody tries out. */
function executionEvent(app: App, execution: Execution, type: SentEventType, timestamp: string): WebhookEvent | null {
  if (execution.version === 0) return null;
  const { org, id, workflowId, error } = execution;
  return {
    // most runs have nobody who listens
    get id() {
      return eventId(org, type, id, String(execution.generation));
    },
    ...{ type, timestamp, workflowId, executionId: id },
    data: {
      executionId: id,
      workflow: { id: workflowId, name: execution.workflowName, version: execution.version },
      status: execution.status,
      startedAt: execution.startedAt,
      endedAt: execution.endedAt,
      error: error === null ? null : { code: error.code, ...(error.nodeId === undefined ? {} : { nodeId: error.nodeId }) },
      link: link(app, `executions/${id}`),
    },
  };
}

/** Asked for, or decided. Who decided is told by id. */
export function approvalEvent(app: App, approval: Approval): WebhookEvent {
  const { org, id, executionId, workflowId, status, decidedAt, createdAt } = approval;
  const type = status === 'pending' ? 'approval.requested' : 'approval.decided';
  return {
    ...{ id: eventId(org, type, id), type, timestamp: decidedAt ?? createdAt, workflowId, executionId },
    data: {
      approvalId: id,
      executionId,
      workflow: { id: workflowId, name: approval.workflowName },
      nodeId: approval.nodeId,
      title: approval.title,
      status,
      decidedBy: approval.decidedBy,
      expiresAt: approval.expiresAt,
      link: link(app, `executions/${executionId}`),
    },
  };
}

export function deadLetterEvent(app: App, org: string, letter: DeadLetter): WebhookEvent {
  const { id, kind, reason, executionId, workflowId, workflowName, nodeId, createdAt } = letter;
  const type = 'dead-letter.created';
  return {
    ...{ id: eventId(org, type, id), type, timestamp: createdAt, workflowId, executionId },
    data: {
      ...{ deadLetterId: id, kind, reason, executionId, nodeId, status: letter.status },
      workflow: workflowId === null ? null : { id: workflowId, name: workflowName },
      link: link(app, `dead-letters/${id}`),
    },
  };
}

/** Each is its own: a person who sends one wants to see it arrive. */
export function testEvent(app: App, endpointId: string, timestamp: string): WebhookEvent {
  const data = { endpointId, message: 'This is a test event. It was sent because somebody asked for it.' };
  return { id: app.ids.make('evt'), type: 'webhook.test', timestamp, workflowId: null, executionId: null, data };
}

const eventId = (...parts: readonly string[]): string => `evt_${digest('webhook-event', ...parts).slice(0, 32)}`;

const link = (app: App, path: string): string => `${app.settings.publicUrl}/v1/${path}`;

/**
 * Log events that others build on: Terraform's log-based metrics and alerts, and operators' searches. Their names and fields are an
 * interface: docs/guides/observability.md lists them, and a change here is a change for whoever reads the logs. Each is one JSON line whose
 * `event` is the name; in Cloud Logging that is `jsonPayload.event`.
 */
export type LogEvent = {
  readonly severity: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';
  /** Fields beside the event, with their meaning. */
  readonly fields: Readonly<Record<string, string>>;
  readonly means: string;
};

export const logEvents = {
  'execution-started': {
    severity: 'INFO',
    fields: { trigger: 'webhook, schedule, manual, event, error, call or fork' },
    means: 'An execution exists durably',
  },
  'execution-finished': {
    severity: 'INFO',
    fields: {
      status: 'succeeded, failed, cancelled or timed-out',
      durationMs: 'from its start',
      code: 'error code, where it failed',
    },
    means: 'An execution reached a terminal status',
  },
  'sweep-done': {
    severity: 'INFO',
    fields: {
      announced: 'branches rescued',
      queued: 'of those: lost messages',
      timer: 'late wake-ups',
      lease: 'workers gone',
      timedOut: 'executions',
    },
    means: 'One round of the sweep that found something',
  },
  'branch-taken-over': {
    severity: 'INFO',
    fields: { crashes: 'leases in a row that ended without progress' },
    means: 'The lease of the last worker ran out and another one goes on',
  },
  'dead-letter': {
    severity: 'ERROR',
    fields: {
      reason: 'CRASHED, UNDELIVERED, UNKNOWN_BRANCH, UNREADABLE_MESSAGE or EVENT_UNDELIVERED',
      status: 'open wants a person; redriven and discarded (as warnings) were settled by themselves',
    },
    means: 'A dead letter was written',
  },
  'budget-exceeded': {
    severity: 'WARNING',
    fields: {
      scope: 'organization, or a workflow',
      spentMicroUsd: 'this month',
      monthlyMicroUsd: 'the budget',
      onExceeded: 'warn or stop',
    },
    means: 'A start met a budget that is used up; said once a minute by each process',
  },
  'cold-start': {
    severity: 'INFO',
    fields: { function: 'name in infra/topology.json', initMs: 'from the start of the process to its first request' },
    means: 'A process served its first request',
  },
  request: {
    severity: 'DEBUG',
    fields: { httpRequest: 'requestMethod, requestUrl (route template), status, latency' },
    means: 'A request to the API or a webhook was answered. Cloud Run writes such lines itself',
  },
  'request-failed': {
    severity: 'ERROR',
    fields: { requestId: 'as in the answer and in X-Request-Id', code: 'error code' },
    means: 'A request was answered with a status of 500 or above',
  },
  'hint-failed': {
    severity: 'WARNING',
    fields: { hints: 'how many' },
    means: 'An announcement could not be handed over; the sweep makes up for it',
  },
  'commit-unanswered': {
    severity: 'WARNING',
    fields: {},
    means: 'The store gave no answer to a commit; it is settled by reading',
  },
  'schedule-not-started': {
    severity: 'ERROR',
    fields: { scheduledAt: 'the instant' },
    means: 'A due schedule could not start its execution',
  },
  'telemetry-export-failed': {
    severity: 'WARNING',
    fields: { signal: 'traces or metrics', reason: 'what the exporter says' },
    means: 'Spans or metrics could not be delivered; at most one line a minute',
  },
} as const satisfies Readonly<Record<string, LogEvent>>;

/**
 * Every metric that AutomateOS records: the one list, read by the use cases, the adapters, the tests and docs/guides/observability.md.
 * Labels take few values, all of them ours: no organization, workflow, execution or node id, no text that a tenant wrote. So the number of
 * series is bounded by this file and the node types of the installation, however many tenants there are.
 */
import type { Metric } from '@automateos/shared/ports/telemetry';

/** Upper bounds of buckets, seconds: from a step in memory to one that waits for a slow model. */
const latencySeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];

export const metrics = {
  executionsStarted: {
    name: 'automateos.executions.started',
    kind: 'counter',
    unit: '{execution}',
    description: 'Executions that exist durably, counted after the commit that created them',
    /** trigger: webhook, schedule, manual, event, error, call, fork */
    labels: ['trigger'],
  },
  executionsFinished: {
    name: 'automateos.executions.finished',
    kind: 'counter',
    unit: '{execution}',
    description: 'Executions that reached a terminal status',
    /** status: succeeded, failed, cancelled, timed-out */
    labels: ['status'],
  },
  stepDuration: {
    name: 'automateos.step.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Time of one attempt of an effectful step, from its started mark to its outcome, commits excluded',
    /** node_type: an installed node type; outcome: succeeded, failed, aborted, lost */
    labels: ['node_type', 'outcome'],
    buckets: latencySeconds,
  },
  pureSteps: {
    name: 'automateos.steps.pure',
    kind: 'counter',
    unit: '{step}',
    description: 'Steps that the engine evaluates itself, without an effect',
    /** outcome: succeeded, failed */
    labels: ['node_type', 'outcome'],
  },
  queueLag: {
    name: 'automateos.queue.lag',
    kind: 'histogram',
    unit: 's',
    description: 'From the moment a branch became due and was announced to its claim',
    /** pool: branches, branches-ai, branches-heavy; kind: queued, timer */
    labels: ['pool', 'kind'],
    buckets: latencySeconds,
  },
  branchesActive: {
    name: 'automateos.branches.active',
    kind: 'gauge',
    unit: '{branch}',
    description: 'Branches in the hands of this process',
    labels: [],
  },
  branchTakeovers: {
    name: 'automateos.branch.takeovers',
    kind: 'counter',
    unit: '{branch}',
    description: 'Branches claimed after the lease of their last worker ran out',
    labels: ['pool'],
  },
  sweepAnnounced: {
    name: 'automateos.sweep.announced',
    kind: 'counter',
    unit: '{branch}',
    description: 'Branches that the sweep rescued: due, and announced by nobody or taken by nobody',
    /** kind: queued (lost message), timer (late wake-up), lease (worker gone) */
    labels: ['kind'],
  },
  deadLetters: {
    name: 'automateos.dead_letters',
    kind: 'counter',
    unit: '{dead_letter}',
    description: 'Dead letters written',
    /** reason: crashed (a step killed its workers), undelivered (a message went past its delivery attempts) */
    labels: ['reason'],
  },
  hintsFailed: {
    name: 'automateos.hints.failed',
    kind: 'counter',
    unit: '{message}',
    description: 'Announcements that could not be handed over to the queue or the timers; the sweep makes up for them',
    labels: [],
  },
  commitsUnanswered: {
    name: 'automateos.commits.unanswered',
    kind: 'counter',
    unit: '{commit}',
    description: 'Commits of the engine to which the store gave no answer; each was settled by reading',
    labels: [],
  },
  scheduleLag: {
    name: 'automateos.schedule.lag',
    kind: 'histogram',
    unit: 's',
    description: 'From the instant of a schedule to the start of its execution',
    labels: [],
    buckets: latencySeconds,
  },
  coldStarts: {
    name: 'automateos.function.cold_starts',
    kind: 'histogram',
    unit: 's',
    description: 'One value per process: from its start to its first request being served',
    /** function: api, webhook, worker, ... (infra/topology.json) */
    labels: ['function'],
    buckets: latencySeconds,
  },
  storeOperations: {
    name: 'automateos.store.operations',
    kind: 'counter',
    unit: '{operation}',
    description: 'Billable operations of the document store, as the adapter counts them',
    /** operation: read, write, delete, commit */
    labels: ['operation'],
  },
  cacheLookups: {
    name: 'automateos.cache.lookups',
    kind: 'counter',
    unit: '{lookup}',
    description: 'Lookups in what a process keeps in memory',
    /** cache: access, executions, large-executions, plans, versions; result: hit, miss */
    labels: ['cache', 'result'],
  },
  requestDuration: {
    name: 'http.server.request.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Requests to the API and to webhooks (OpenTelemetry semantic conventions)',
    /** http.route is a template (/v1/workflows/{id}); requests that fit none have no such label */
    labels: ['http.request.method', 'http.route', 'http.response.status_code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
} as const satisfies Readonly<Record<string, Metric>>;

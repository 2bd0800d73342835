/**
 * One queue of Cloud Tasks, in memory: keeps a task until its time, sends it, and sends it again by the queue's retryConfig until its
 * target answers 2xx. At least once, in no order. The rate limit is the number of dispatches at a time; the service's throttling after
 * 429 and 503 is not imitated.
 *
 *     scheduled -> dispatched -> gone (2xx, or out of attempts)
 *         ^------------'          any other answer, none in time: again after the back-off
 */
import { z } from 'zod';
import { fromMs, GrpcFailure, ProtoTime, toMs } from './grpc-service.ts';
import type { OidcIssuer } from './oidc-issuer.ts';
import { backoffMs, httpTarget, type PushOutcome, push, requireSigner, succeeded, targetUrl } from './push-request.ts';

export const HttpTask = z.object({
  name: z.string(),
  httpRequest: z.object({ url: targetUrl, ...httpTarget }, 'Only tasks with an HTTP request are spoken here.'),
  scheduleTime: ProtoTime.nullish(),
  dispatchDeadline: ProtoTime.nullish(),
});
export type HttpTask = z.infer<typeof HttpTask>;

export const QueueConfig = z.object({
  name: z.string(),
  rateLimits: z.object({ maxConcurrentDispatches: z.int() }).nullish(),
  retryConfig: z
    .object({
      maxAttempts: z.int().min(-1),
      maxRetryDuration: ProtoTime.nullish(),
      minBackoff: ProtoTime.nullish(),
      maxBackoff: ProtoTime.nullish(),
      maxDoublings: z.int().min(0),
    })
    .nullish(),
});
export type QueueConfig = z.infer<typeof QueueConfig>;

type Attempt = {
  scheduleTime: ProtoTime;
  dispatchTime: ProtoTime;
  responseTime: ProtoTime | null;
  responseStatus: object | null;
};

type Kept = {
  readonly task: HttpTask;
  readonly createdMs: number;
  dueMs: number;
  running: boolean;
  dispatches: number;
  responses: number;
  first: Attempt | null;
  last: Attempt | null;
  previous: PushOutcome | null;
};

const longestTimerMs = 86_400_000;
const defaults = { maxAttempts: 100, minMs: 100, maxMs: 3_600_000, doublings: 16, concurrent: 1_000, deadlineMs: 600_000 };
const limits = { aheadMs: 30 * 86_400_000, bytes: 100 * 1_024, deadlineMs: [15_000, 1_800_000] };
/** How long the name of a task that is gone stays taken. */
const tombstoneMs = 3_600_000;

export type TaskQueue = ReturnType<typeof createTaskQueue>;

export function createTaskQueue(queueName: string, issuer: OidcIssuer | undefined) {
  const tasks = new Map<string, Kept>();
  const tombstones = new Map<string, number>();
  const stopped = new AbortController();
  let config: QueueConfig = { name: queueName };
  let paused = false;
  let purgedMs: number | null = null;
  let running = 0;
  let timer: NodeJS.Timeout | undefined;

  const retry = () => {
    const { maxAttempts, minBackoff, maxBackoff, maxDoublings } = config.retryConfig ?? {};
    return {
      attempts: maxAttempts || defaults.maxAttempts,
      minMs: minBackoff ? toMs(minBackoff) : defaults.minMs,
      maxMs: maxBackoff ? toMs(maxBackoff) : defaults.maxMs,
      doublings: maxDoublings ?? defaults.doublings,
      durationMs: config.retryConfig?.maxRetryDuration ? toMs(config.retryConfig.maxRetryDuration) : 0,
    };
  };
  const concurrent = (): number => config.rateLimits?.maxConcurrentDispatches || defaults.concurrent;

  function pump(): void {
    clearTimeout(timer);
    if (paused || stopped.signal.aborted) return;
    const now = Date.now();
    let next = now + longestTimerMs;
    for (const kept of tasks.values()) {
      if (kept.running) continue;
      if (kept.dueMs > now) next = Math.min(next, kept.dueMs);
      else if (running < concurrent()) void dispatch(kept);
    }
    // a timer may be a millisecond early, a task never
    timer = setTimeout(pump, next - now + 1);
  }

  async function dispatch(kept: Kept): Promise<void> {
    kept.running = true;
    running += 1;
    const attempt: Attempt = {
      ...{ scheduleTime: fromMs(kept.dueMs), dispatchTime: fromMs(Date.now()) },
      ...{ responseTime: null, responseStatus: null },
    };
    kept.first ??= attempt;
    kept.last = attempt;
    const outcome = await push(issuer, requestOf(kept, queueName), stopped.signal);
    kept.running = false;
    kept.dispatches += 1;
    kept.previous = outcome;
    running -= 1;
    if (outcome.status !== 0) {
      kept.responses += 1;
      attempt.responseTime = fromMs(Date.now());
    }
    attempt.responseStatus = { code: succeeded(outcome) ? 0 : 2, message: `HTTP status code ${outcome.status}`, details: [] };
    if (succeeded(outcome) || isSpent(kept)) forget(kept.task.name);
    else kept.dueMs = Date.now() + backoffMs(retry(), kept.dispatches);
    pump();
  }

  function isSpent({ dispatches, first }: Kept): boolean {
    const { attempts, durationMs } = retry();
    if (attempts === -1) return false;
    const tooOld = durationMs === 0 || (first !== null && Date.now() - toMs(first.dispatchTime) >= durationMs);
    return dispatches >= attempts && tooOld;
  }

  function forget(name: string): boolean {
    if (!tasks.delete(name)) return false;
    tombstones.set(name, Date.now() + tombstoneMs);
    return true;
  }

  function find(name: string): Kept {
    const kept = tasks.get(name);
    if (kept === undefined) throw new GrpcFailure('NOT_FOUND', `The task ${name} does not exist.`);
    return kept;
  }

  return {
    configure(changed: QueueConfig): void {
      config = changed;
      pump();
    },
    add(task: HttpTask): object {
      const now = Date.now();
      requireSigner(issuer, task.httpRequest.oidcToken);
      if (tasks.has(task.name) || (tombstones.get(task.name) ?? 0) > now)
        throw new GrpcFailure('ALREADY_EXISTS', 'Requested entity already exists');
      const dueMs = checkedDue(task, now);
      const kept: Kept = {
        ...{ task, createdMs: now, dueMs, running: false, dispatches: 0, responses: 0 },
        ...{ first: null, last: null, previous: null },
      };
      tasks.set(task.name, kept);
      pump();
      return present(kept, false);
    },
    get: (name: string, full: boolean) => present(find(name), full),
    list: () => [...tasks.values()],
    present,
    remove(name: string): void {
      find(name);
      forget(name);
    },
    /** Now, paused or not, whatever runs. */
    run(name: string): object {
      const kept = find(name);
      kept.dueMs = Date.now();
      const shown = present(kept, false);
      void dispatch(kept);
      return shown;
    },
    purge(): void {
      for (const name of [...tasks.keys()]) forget(name);
      purgedMs = Date.now();
    },
    pause(now: boolean): void {
      paused = now;
      pump();
    },
    describe: () => ({
      ...config,
      name: queueName,
      state: paused ? 'PAUSED' : 'RUNNING',
      purgeTime: purgedMs === null ? null : fromMs(purgedMs),
    }),
    stop(): void {
      stopped.abort();
      clearTimeout(timer);
      tasks.clear();
    },
  };
}

function checkedDue(task: HttpTask, now: number): number {
  const refuse = (reason: string): never => {
    throw new GrpcFailure('INVALID_ARGUMENT', reason);
  };
  const { body, headers, httpMethod } = task.httpRequest;
  const bytes = body.length + JSON.stringify(headers).length + task.httpRequest.url.length;
  if (bytes > limits.bytes) refuse(`Task size too large: ${bytes} bytes, at most ${limits.bytes}.`);
  if (body.length > 0 && ['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(httpMethod))
    refuse(`HTTP method ${httpMethod} has no body.`);
  const [least = 0, most = 0] = limits.deadlineMs;
  const deadline = task.dispatchDeadline ? toMs(task.dispatchDeadline) : defaults.deadlineMs;
  if (deadline < least || deadline > most) refuse('Task.dispatchDeadline must be between [15s, 30m].');
  const at = task.scheduleTime ? toMs(task.scheduleTime) : now;
  if (at > now + limits.aheadMs) refuse('Task.scheduleTime must be at most 30 days in the future.');
  return Math.max(at, now);
}

function requestOf({ task, dueMs, dispatches, responses, previous }: Kept, queueName: string) {
  const { httpRequest, dispatchDeadline } = task;
  const headers = {
    ...httpRequest.headers,
    'User-Agent': 'Google-Cloud-Tasks',
    'X-CloudTasks-QueueName': queueName.split('/').at(-1) ?? '',
    'X-CloudTasks-TaskName': task.name.split('/').at(-1) ?? '',
    'X-CloudTasks-TaskRetryCount': String(dispatches),
    'X-CloudTasks-TaskExecutionCount': String(responses),
    'X-CloudTasks-TaskETA': String(dueMs / 1_000),
    ...(previous === null ? {} : { 'X-CloudTasks-TaskPreviousResponse': String(previous.status) }),
  };
  return {
    ...{ url: httpRequest.url, method: httpRequest.httpMethod, headers, body: httpRequest.body, token: httpRequest.oidcToken },
    deadlineMs: dispatchDeadline ? toMs(dispatchDeadline) : defaults.deadlineMs,
  };
}

/** BASIC leaves the body out. */
function present({ task, createdMs, dueMs, dispatches, running, responses, first, last }: Kept, full: boolean): object {
  return {
    ...{ name: task.name, scheduleTime: fromMs(dueMs), createTime: fromMs(createdMs) },
    dispatchDeadline: task.dispatchDeadline ?? fromMs(defaults.deadlineMs),
    ...{ dispatchCount: dispatches + (running ? 1 : 0), responseCount: responses, firstAttempt: first, lastAttempt: last },
    view: full ? 'FULL' : 'BASIC',
    httpRequest: full ? task.httpRequest : { ...task.httpRequest, body: Buffer.alloc(0) },
  };
}

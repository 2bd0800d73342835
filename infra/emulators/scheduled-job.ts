/**
 * One job of Cloud Scheduler, in memory: calls its target at the instants of its cron expression and again by its retryConfig. Never two
 * executions at a time: an instant that comes while one is under way waits for its end.
 */
import { Cron } from 'croner';
import { z } from 'zod';
import { fromMs, GrpcFailure, ProtoTime, toMs } from './grpc-service.ts';
import type { OidcIssuer } from './oidc-issuer.ts';
import { backoffMs, httpTarget, type PushOutcome, push, requireSigner, succeeded, targetUrl } from './push-request.ts';

export const HttpJob = z.object({
  name: z.string(),
  description: z.string().max(500),
  schedule: z.string(),
  timeZone: z.string(),
  httpTarget: z.object({ uri: targetUrl, ...httpTarget }, 'Only jobs with an HTTP target are spoken here.'),
  retryConfig: z
    .object({
      retryCount: z.int().min(0).max(5),
      minBackoffDuration: ProtoTime.nullish(),
      maxBackoffDuration: ProtoTime.nullish(),
      maxDoublings: z.int().min(0),
    })
    .nullish(),
  attemptDeadline: ProtoTime.nullish(),
});
export type HttpJob = z.infer<typeof HttpJob>;

const longestTimerMs = 86_400_000;
const defaultDeadlineMs = 180_000;

export type ScheduledJob = ReturnType<typeof createScheduledJob>;

export function createScheduledJob(first: HttpJob, issuer: OidcIssuer | undefined) {
  let job = first;
  let cron = checked(first, issuer);
  const updatedMs = Date.now();
  const stopped = new AbortController();
  let paused = false;
  let busy = false;
  let nextMs = nextAfter(Date.now());
  let lastAttemptMs: number | null = null;
  let outcome: PushOutcome | null = null;
  let timer: NodeJS.Timeout | undefined;

  function nextAfter(ms: number): number | null {
    return cron.nextRun(new Date(ms))?.getTime() ?? null;
  }

  function arm(): void {
    clearTimeout(timer);
    if (paused || busy || nextMs === null || stopped.signal.aborted) return;
    const wait = Math.max(0, nextMs - Date.now());
    const due = (): void => void execute(nextMs ?? Date.now());
    timer = wait > longestTimerMs ? setTimeout(arm, longestTimerMs) : setTimeout(due, wait + 1);
  }

  async function execute(atMs: number): Promise<void> {
    busy = true;
    nextMs = nextAfter(Date.now());
    for (let failures = 0; !stopped.signal.aborted; ) {
      lastAttemptMs = Date.now();
      outcome = await push(issuer, requestOf(job, atMs), stopped.signal);
      if (succeeded(outcome)) break;
      failures += 1;
      const wait = backoffMs(backoffOf(job), failures);
      const over = nextMs !== null && Date.now() + wait >= nextMs;
      if (failures > (job.retryConfig?.retryCount ?? 0) || over) break;
      await new Promise<void>((resolve) => {
        const retry = setTimeout(resolve, wait);
        stopped.signal.addEventListener('abort', () => {
          clearTimeout(retry);
          resolve();
        });
      });
    }
    busy = false;
    arm();
  }

  arm();
  return {
    describe: () => ({
      ...job,
      target: 'httpTarget',
      ...{ state: paused ? 'PAUSED' : 'ENABLED', userUpdateTime: fromMs(updatedMs) },
      scheduleTime: nextMs === null ? null : fromMs(nextMs),
      lastAttemptTime: lastAttemptMs === null ? null : fromMs(lastAttemptMs),
      status: outcome === null ? null : { code: succeeded(outcome) ? 0 : 2, message: outcome.reason, details: [] },
    }),
    update(changed: HttpJob): void {
      cron = checked(changed, issuer);
      job = changed;
      nextMs = nextAfter(Date.now());
      arm();
    },
    pause(now: boolean): void {
      if (paused === now) throw new GrpcFailure('FAILED_PRECONDITION', `The job is ${now ? 'not enabled' : 'not paused'}.`);
      paused = now;
      nextMs = nextAfter(Date.now());
      arm();
    },
    /** Now, paused or not, whatever runs. */
    run(): void {
      void execute(Date.now());
    },
    stop(): void {
      stopped.abort();
      clearTimeout(timer);
    },
  };
}

function checked({ schedule, timeZone, httpTarget, attemptDeadline }: HttpJob, issuer: OidcIssuer | undefined): Cron {
  requireSigner(issuer, httpTarget.oidcToken);
  const deadline = attemptDeadline ? toMs(attemptDeadline) : defaultDeadlineMs;
  if (deadline < 15_000 || deadline > 1_800_000)
    throw new GrpcFailure('INVALID_ARGUMENT', 'The attempt deadline must be between [15s, 30m].');
  try {
    // unix-cron: five fields of numbers, names, lists, ranges and steps. (The service also reads English; nobody here writes it.)
    if (!/^([a-zA-Z0-9*,/-]+ +){4}[a-zA-Z0-9*,/-]+$/.test(schedule) || /[LW]\b|\d[LW]/.test(schedule))
      throw new Error('no unix-cron');
    const cron = new Cron(schedule, { timezone: timeZone === '' ? 'UTC' : timeZone, paused: true, mode: '5-part' });
    cron.nextRun(); // an unknown time zone is found out here
    return cron;
  } catch (error) {
    throw new GrpcFailure('INVALID_ARGUMENT', `Schedule or time zone is invalid: ${String(error)}`);
  }
}

function backoffOf({ retryConfig }: HttpJob) {
  const { minBackoffDuration, maxBackoffDuration, maxDoublings } = retryConfig ?? {};
  return {
    minMs: minBackoffDuration ? toMs(minBackoffDuration) : 5_000,
    maxMs: maxBackoffDuration ? toMs(maxBackoffDuration) : 3_600_000,
    doublings: maxDoublings || 5,
  };
}

function requestOf({ name, httpTarget, attemptDeadline }: HttpJob, atMs: number) {
  const headers = {
    ...httpTarget.headers,
    'User-Agent': 'Google-Cloud-Scheduler',
    'X-CloudScheduler': 'true',
    'X-CloudScheduler-JobName': name.split('/').at(-1) ?? '',
    'X-CloudScheduler-ScheduleTime': new Date(atMs).toISOString(),
  };
  return {
    ...{ url: httpTarget.uri, method: httpTarget.httpMethod, headers, body: httpTarget.body, token: httpTarget.oidcToken },
    deadlineMs: attemptDeadline ? toMs(attemptDeadline) : defaultDeadlineMs,
  };
}

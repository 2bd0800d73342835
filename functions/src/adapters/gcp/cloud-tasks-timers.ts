/**
 * Wake-ups as tasks of Cloud Tasks: one queue per pool, one HTTP task per wake-up, which calls the pool's worker with the branch as its
 * body and a token of the invoker. What lies beyond the service's reach gets no task: the sweep finds it.
 *
 * Tasks have no names of their own. A name would make the service look for a twin on every creation, which costs latency, and would stay
 * taken for an hour after the task has run, so that a branch that waits again for the same instant could not be woken; a double wake-up
 * finds nothing due and costs one read.
 */
import type { Pool } from '@automateos/shared/model/node-manifest';
import type { Clock } from '@automateos/shared/ports/clock';
import type { Timers } from '@automateos/shared/ports/timers';
import { bounded, clientOptions, type GoogleService, onFirstUse } from './grpc-client.ts';

export type CloudTasksTimersOptions = GoogleService & {
  readonly location: string;
  /** Queues are called `{prefix}-{pool}`. */
  readonly prefix: string;
  /** Workers, each the audience of the token that is sent to it. */
  readonly urls: Readonly<Record<Pool, string>>;
  /** E-mail of the service account that calls. */
  readonly invoker: string;
  /** How long a worker may take to answer; the service takes 15 s to 30 min, and what is outside is cut to that. */
  readonly dispatchDeadlineMs: number;
  readonly clock: Clock;
  /** When the hand-over of a wake-up is given up, ms: a hint must not hold up the step that gives it. */
  readonly patienceMs?: number;
};

/** Billable operations since the start. */
export type CloudTasksStats = { readonly tasks: number };

export type CloudTasksTimers = Timers & { stats(): CloudTasksStats; close(): Promise<void> };

/** The service takes 30 days; a minute of them is left to clocks that differ. */
const farMs = 30 * 86_400_000 - 60_000;

const defaultPatienceMs = 5_000;

export function createCloudTasksTimers(options: CloudTasksTimersOptions): CloudTasksTimers {
  const { projectId, location, prefix, urls, invoker, dispatchDeadlineMs, clock } = options;
  const limits = bounded(options.patienceMs ?? defaultPatienceMs);
  const client = onFirstUse(async () => {
    const { CloudTasksClient } = await import('@google-cloud/tasks');
    return new CloudTasksClient(await clientOptions(options));
  });
  let tasks = 0;
  return {
    async wakeAt(pool, ref, atEpochMs) {
      const delay = atEpochMs - clock.now();
      if (delay > farMs) return;
      const { trace, ...body } = ref;
      const task = {
        httpRequest: {
          ...{ url: urls[pool], httpMethod: 'POST' as const },
          headers: { 'content-type': 'application/json', ...(trace === undefined ? {} : { traceparent: trace }) },
          body: Buffer.from(JSON.stringify(body)),
          oidcToken: { serviceAccountEmail: invoker, audience: urls[pool] },
        },
        // One millisecond late rather than early: a branch that is not due yet is left alone.
        ...(delay > 0 ? { scheduleTime: timestamp(Math.ceil(atEpochMs) + 1) } : {}),
        dispatchDeadline: { seconds: Math.min(1_800, Math.max(15, Math.ceil(dispatchDeadlineMs / 1_000))) },
      };
      const service = await client.get();
      await service.createTask({ parent: service.queuePath(projectId, location, `${prefix}-${pool}`), task }, limits);
      tasks += 1;
    },
    stats: () => ({ tasks }),
    close: () => client.close(),
  };
}

function timestamp(epochMs: number): { readonly seconds: number; readonly nanos: number } {
  const seconds = Math.floor(epochMs / 1_000);
  return { seconds, nanos: (epochMs - seconds * 1_000) * 1_000_000 };
}

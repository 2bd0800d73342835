/**
 * Schedules' jobs in Cloud Scheduler: one HTTP job per schedule, which calls the `schedule` function with the schedule's name as its body
 * and a token of the invoker. Jobs are not retried: what a call did not start, the tick starts seconds later.
 *
 *     job = {prefix}-at-{digest of organization and schedule}; whose it is stands in its body
 */
import { createHash } from 'node:crypto';
import type { ScheduleJob, ScheduleRef, Schedules } from '@automateos/shared/ports/schedules';
import type { protos } from '@google-cloud/scheduler';
import { z } from 'zod';
import { bounded, clientOptions, type GoogleService, grpcStatus, onFirstUse, statusOf } from './grpc-client.ts';

export type CloudSchedulerSchedulesOptions = GoogleService & {
  readonly location: string;
  readonly prefix: string;
  /** Of the `schedule` function, and the audience of the token that is sent to it. */
  readonly url: string;
  /** E-mail of the service account that calls. */
  readonly invoker: string;
  /** So many schedules get a job of their own. */
  readonly jobLimit: number;
  /** When an answer is given up, ms. */
  readonly patienceMs?: number;
};

/** Since the start. A job is billed by the month that it exists, however often it runs; calls are free. */
export type CloudSchedulerStats = { readonly created: number; readonly deleted: number };

export type CloudSchedulerSchedules = Schedules & { stats(): CloudSchedulerStats; close(): Promise<void> };

const defaultPatienceMs = 5_000;

/** Longest a call may take; the service takes 15 s to 30 min. A catch-up of many instants is one call. */
const attemptSeconds = 180;

const Body = z.object({ org: z.string(), scheduleId: z.string() });

export function createCloudSchedulerSchedules(options: CloudSchedulerSchedulesOptions): CloudSchedulerSchedules {
  const { projectId, location, jobLimit } = options;
  const limits = bounded(options.patienceMs ?? defaultPatienceMs);
  const parent = `projects/${projectId}/locations/${location}`;
  const ours = `${parent}/jobs/${options.prefix}-at-`;
  const nameOf = ({ org, scheduleId }: ScheduleRef): string =>
    `${ours}${createHash('sha256')
      .update(JSON.stringify([org, scheduleId]))
      .digest('hex')
      .slice(0, 40)}`;
  const client = onFirstUse(async () => {
    const { CloudSchedulerClient } = await import('@google-cloud/scheduler');
    return new CloudSchedulerClient(await clientOptions(options));
  });
  let [created, deleted] = [0, 0];

  return {
    ...{ others: 'tick', jobLimit },
    async put(wanted) {
      const service = await client.get();
      const job = { name: nameOf(wanted), ...contentOf(options, wanted) };
      try {
        await service.createJob({ parent, job }, limits);
        created += 1;
      } catch (error) {
        if (statusOf(error) !== grpcStatus.alreadyExists) throw error;
        const updateMask = { paths: ['description', 'schedule', 'time_zone', 'http_target', 'retry_config', 'attempt_deadline'] };
        await service.updateJob({ job, updateMask }, limits);
      }
    },
    async remove(ref) {
      const service = await client.get();
      try {
        await service.deleteJob({ name: nameOf(ref) }, limits);
        deleted += 1;
      } catch (error) {
        if (statusOf(error) !== grpcStatus.notFound) throw error;
      }
    },
    async list() {
      const service = await client.get();
      const [jobs] = await service.listJobs({ parent }, limits);
      return jobs.filter(({ name }) => name?.startsWith(ours)).flatMap((job) => read(job) ?? []);
    },
    stats: () => ({ created, deleted }),
    close: () => client.close(),
  };
}

function contentOf({ url, invoker }: CloudSchedulerSchedulesOptions, { org, scheduleId, cron, timeZone }: ScheduleJob) {
  return {
    description: `Schedule ${scheduleId} of ${org}`.slice(0, 500),
    ...{ schedule: cron, timeZone },
    httpTarget: {
      ...{ uri: url, httpMethod: 'POST' as const, headers: { 'content-type': 'application/json' } },
      body: Buffer.from(JSON.stringify({ org, scheduleId } satisfies z.infer<typeof Body>)),
      oidcToken: { serviceAccountEmail: invoker, audience: url },
    },
    retryConfig: { retryCount: 0 },
    attemptDeadline: { seconds: attemptSeconds },
  };
}

/** null for a job whose body is not ours: somebody made or changed it by hand, and is left in peace. */
function read({ schedule, timeZone, httpTarget }: protos.google.cloud.scheduler.v1.IJob): ScheduleJob | null {
  try {
    const body = Body.parse(JSON.parse(Buffer.from(httpTarget?.body ?? '').toString('utf8')));
    return { ...body, cron: schedule ?? '', timeZone: timeZone ?? '' };
  } catch {
    return null;
  }
}

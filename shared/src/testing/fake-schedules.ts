/** Schedules in memory, with a list of what was asked of them. `fail` makes each call fail until it is told otherwise. */
import type { ScheduleJob, ScheduleRef, Schedules } from '../ports/schedules.ts';

export type FakeSchedules = Schedules & {
  readonly jobs: Map<string, ScheduleJob>;
  readonly calls: string[];
  fail(reason: string | null): void;
};

const keyOf = ({ org, scheduleId }: ScheduleRef): string => `${org}/${scheduleId}`;

export function createFakeSchedules({ jobLimit = 100 }: { readonly jobLimit?: number } = {}): FakeSchedules {
  const jobs = new Map<string, ScheduleJob>();
  const calls: string[] = [];
  let reason: string | null = null;
  const asked = async (call: string): Promise<void> => {
    calls.push(call);
    if (reason !== null) throw new Error(reason);
  };
  return {
    ...{ others: 'tick', jobLimit, jobs, calls },
    async put(job) {
      await asked(`put ${job.scheduleId}`);
      jobs.set(keyOf(job), { ...job });
    },
    async remove(ref) {
      await asked(`remove ${ref.scheduleId}`);
      jobs.delete(keyOf(ref));
    },
    async list() {
      await asked('list');
      return [...jobs.values()];
    },
    fail(now) {
      reason = now;
    },
  };
}

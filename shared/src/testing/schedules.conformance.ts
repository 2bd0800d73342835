/** What every Schedules adapter that has jobs must do, run on the fake and on Cloud Scheduler's protocol. `open` gives one without jobs. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScheduleJob, Schedules } from '../ports/schedules.ts';

export type SchedulesUnderTest = { readonly schedules: Schedules; close(): Promise<void> };

const job = (scheduleId: string, change: Partial<ScheduleJob> = {}): ScheduleJob => ({
  ...{ org: 'org_a', scheduleId, cron: '0 9 * * 1-5', timeZone: 'Europe/Berlin' },
  ...change,
});
const byId = (jobs: readonly ScheduleJob[]): readonly ScheduleJob[] =>
  jobs.toSorted((a, b) => (`${a.org}/${a.scheduleId}` < `${b.org}/${b.scheduleId}` ? -1 : 1));

export function describeSchedules(name: string, open: () => Promise<SchedulesUnderTest> | SchedulesUnderTest): void {
  describe(`${name} as Schedules`, () => {
    let under: SchedulesUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    it('lists the jobs that were put, each as it was put', async () => {
      const jobs = [job('wf_1:a'), job('wf_1:b c'), job('wf_1:a', { org: 'org_b', cron: '*/5 * * * *', timeZone: 'UTC' })];
      for (const one of jobs) await under.schedules.put(one);
      expect(byId(await under.schedules.list())).toEqual(byId(jobs));
    });

    it('puts again in place of what was there, also many at a time', async () => {
      await under.schedules.put(job('wf_1:a'));
      await under.schedules.put(job('wf_1:a', { cron: '30 2 * * *', timeZone: 'UTC' }));
      expect(await under.schedules.list()).toEqual([job('wf_1:a', { cron: '30 2 * * *', timeZone: 'UTC' })]);
      await Promise.all(Array.from({ length: 4 }, () => under.schedules.put(job('wf_1:a'))));
      expect(await under.schedules.list()).toEqual([job('wf_1:a')]);
    });

    it('removes a job and no other, and does not mind one that is not there', async () => {
      await under.schedules.put(job('wf_1:a'));
      await under.schedules.put(job('wf_1:a', { org: 'org_b' }));
      for (let time = 0; time < 2; time += 1) await under.schedules.remove({ org: 'org_a', scheduleId: 'wf_1:a' });
      expect(await under.schedules.list()).toEqual([job('wf_1:a', { org: 'org_b' })]);
    });
  });
}

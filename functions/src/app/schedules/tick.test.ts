import { Execution } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import { createFakeSchedules, type FakeSchedules } from '@automateos/shared/testing/fake-schedules';
import { describe, expect, it } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { deploy, edges, effect } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import { deactivateWorkflow } from '../workflows/activate-workflow.ts';
import { answerScheduleCall } from './answer-schedule-call.ts';
import { tick } from './tick.ts';

// The fake clock starts on Sunday, 2026-03-01 at 12:00:00 UTC.
const minute = 60_000;

type World = { readonly app: TestApp; readonly schedules: FakeSchedules };

async function open(jobLimit = 0): Promise<World> {
  const schedules = createFakeSchedules({ jobLimit });
  return { app: await createTestApp({ schedules }), schedules };
}

async function scheduled(app: TestApp, params: Readonly<Record<string, string>>, name = 'w') {
  const trigger = { id: 'at', type: 'trigger.schedule', params };
  const { workflowId } = await deploy(app, { name, nodes: [trigger, effect('a')], edges: edges('at>a') });
  return { workflowId, ref: { org: owner.org, scheduleId: `${workflowId}:at` } };
}

/** Cloud Scheduler's minutes: a tick begins `lateMs` into each of them. */
async function ticks(app: TestApp, minutes: number, lateMs = 500): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 1) {
    await app.fakeClock.advance(minute - (app.clock.now() % minute) + lateMs);
    const ticking = tick(app);
    await app.fakeClock.advance(minute - 1_000);
    await ticking;
  }
}

/** Instants that were started, and when: "12:30:00+500". */
async function started(app: TestApp): Promise<readonly string[]> {
  const rows = await app.store.query({ collection: paths.executions(owner.org) });
  return rows
    .map(({ data }) => Execution.parse(data))
    .map(({ trigger, startedAt }) => {
      const instant = trigger.scheduledAt ?? '';
      return `${instant.slice(11, 19)}+${Date.parse(startedAt) - Date.parse(instant)}`;
    })
    .toSorted();
}

describe('the tick', () => {
  it('starts what has no job as soon as it looks', async () => {
    const { app } = await open();
    await scheduled(app, { cron: '*/2 * * * *' });
    await ticks(app, 4);
    expect(await started(app)).toEqual(['12:02:00+500', '12:04:00+500']);
  });

  it('stays for instants within its minute, each at its second; none is left to luck between two ticks', async () => {
    const { app } = await open();
    await scheduled(app, { cron: '*/20 * * * * *', overlap: 'allow' });
    await ticks(app, 3);
    const runs = await started(app);
    expect(runs.filter((run) => run.startsWith('12:01:') || run.startsWith('12:02:'))).toEqual([
      ...['12:01:00+500', '12:01:20+0', '12:01:40+0'],
      ...['12:02:00+500', '12:02:20+0', '12:02:40+0'],
    ]);
  });

  it('starts a schedule with jitter at its own second', async () => {
    const { app } = await open();
    await scheduled(app, { cron: '*/5 * * * *', jitterMs: '40s' });
    await ticks(app, 11);
    const runs = await started(app);
    expect(runs.map((run) => run.slice(0, 5))).toEqual(['12:05', '12:10']);
    for (const run of runs) expect(Number(run.split('+')[1])).toBeLessThan(41_000);
  });

  it('goes home at once when nothing is due before the next one', async () => {
    const { app } = await open();
    await scheduled(app, { cron: '0 9 * * *' });
    expect(await tick(app)).toEqual({ started: 0, skipped: 0, rounds: 1 });
  });

  it('leaves a schedule to its job for some seconds, and starts what the job did not, still on time', async () => {
    const { app } = await open(10);
    await scheduled(app, { cron: '* * * * *', missed: 'skip', overlap: 'allow' });
    await ticks(app, 3);
    expect(await started(app)).toEqual(['12:01:00+10000', '12:02:00+10000', '12:03:00+10000']);
  });

  it('and jobs and ticks at the same time start each instant once', async () => {
    const { app } = await open(10);
    const { ref } = await scheduled(app, { cron: '* * * * *', overlap: 'allow' });
    for (let round = 1; round <= 3; round += 1) {
      await app.fakeClock.advance(minute - (app.clock.now() % minute));
      const all = [answerScheduleCall(app, ref), tick(app), answerScheduleCall(app, ref), tick(app)];
      await app.fakeClock.advance(50_000);
      await Promise.all(all);
    }
    expect((await started(app)).map((run) => run.slice(0, 5))).toEqual(['12:01', '12:02', '12:03']);
  });

  it('fires what is due although the jobs cannot be looked at', async () => {
    const { app, schedules } = await open(10);
    await scheduled(app, { cron: '*/30 * * * * *', overlap: 'allow' });
    schedules.fail('no answer');
    await ticks(app, 10);
    expect(schedules.calls).toContain('list');
    expect((await started(app)).length).toBeGreaterThanOrEqual(19);
  });
});

describe('a job’s call', () => {
  it('starts its schedule and no other', async () => {
    const { app } = await open(10);
    const { ref } = await scheduled(app, { cron: '* * * * *' });
    await scheduled(app, { cron: '* * * * *' }, 'other');
    await app.fakeClock.advance(minute + 20);
    await answerScheduleCall(app, ref);
    expect(await started(app)).toEqual(['12:01:00+20']);
  });

  it('that comes a little early waits, much too early does nothing', async () => {
    const { app } = await open(10);
    const { ref } = await scheduled(app, { cron: '* * * * *' });
    await answerScheduleCall(app, ref);
    expect(await started(app)).toEqual([]);
    await app.fakeClock.advance(minute - 700);
    const early = answerScheduleCall(app, ref);
    await app.fakeClock.advance(700);
    await early;
    expect(await started(app)).toEqual(['12:01:00+0']);
  });

  it('for a schedule that is gone takes the job away', async () => {
    const { app, schedules } = await open(10);
    const { ref, workflowId } = await scheduled(app, { cron: '* * * * *' });
    const jobs = new Map(schedules.jobs);
    await deactivateWorkflow(app, owner, workflowId);
    for (const [key, job] of jobs) schedules.jobs.set(key, job);
    await app.fakeClock.advance(2 * minute);
    await answerScheduleCall(app, ref);
    await settled();
    expect(schedules.jobs.size).toBe(0);
    expect(await started(app)).toEqual([]);
  });

  it('that names neither a schedule nor nothing is refused', async () => {
    const { app } = await open();
    for (const body of [
      { org: 'o' },
      { scheduleId: 'x' },
      { org: 'a/b', scheduleId: 'x' },
      { org: 'o', scheduleId: '' },
      { x: 1 },
    ])
      await expect(answerScheduleCall(app, body)).rejects.toMatchObject({ code: 'INVALID_PARAMS' });
  });
});

import { nextInstants } from '@automateos/shared/model/cron-instants';
import { Execution } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import { Schedule } from '@automateos/shared/model/schedule';
import type { DocumentStore, Write } from '@automateos/shared/ports/document-store';
import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { describe, expect, it } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { type Deployed, deploy, edges, effect } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import { sweep } from '../engine/sweep.ts';
import { activateWorkflow, deactivateWorkflow } from '../workflows/activate-workflow.ts';
import { putWorkflow } from '../workflows/put-workflow.ts';
import { startTime } from './due-time.ts';
import { fireDueSchedules } from './fire-due-schedules.ts';

// The fake clock starts on Sunday, 2026-03-01 at 12:00:00 UTC.
const minute = 60_000;
const hour = 60 * minute;

type Params = Readonly<Record<string, string>>;

function scheduled(app: TestApp, params: Params): Promise<Deployed> {
  const trigger = { id: 'at', type: 'trigger.schedule', params };
  return deploy(app, {
    nodes: [trigger, effect('a', '{{ steps.at.output.scheduledAt }}', { timeoutMs: 24 * hour })],
    edges: edges('at>a'),
  });
}

/** A round each minute (or `every`), for so long. */
async function pass(app: TestApp, ms: number, every = minute): Promise<void> {
  for (let passed = 0; passed < ms; passed += every) {
    await app.fakeClock.advance(every);
    await fireDueSchedules(app);
    await settled();
  }
}

/** The instants that were started, in order, as "01T12:30" (day, hour, minute). */
async function started(app: TestApp): Promise<readonly string[]> {
  const rows = await app.store.query({ collection: paths.executions(owner.org) });
  const executions = rows.map(({ data }) => Execution.parse(data));
  return executions.map(({ trigger }) => (trigger.scheduledAt ?? '').slice(8, 16)).toSorted();
}

async function onlySchedule(app: TestApp): Promise<Schedule> {
  const [row] = await app.store.query({ collection: paths.schedules(owner.org) });
  return Schedule.parse(row?.data);
}

/** Steps of these executions stay under way until released. */
function holdBack(app: TestApp): { release(): Promise<void> } {
  let waiting: (() => void)[] = [];
  let open = false;
  app.effects.behave = async ({ params }) => {
    if (!open) await new Promise<void>((resolve) => waiting.push(resolve));
    return { output: params.value ?? null };
  };
  return {
    async release() {
      open = true;
      for (const go of waiting) go();
      waiting = [];
      await settled();
      open = false;
    },
  };
}

describe('an instant that is due', () => {
  it('starts one execution with the instant as its input, and the step sees it', async () => {
    const app = await createTestApp();
    await scheduled(app, { cron: '30 * * * *' });
    await pass(app, 2 * hour);
    expect(await started(app)).toEqual(['01T12:30', '01T13:30']);
    expect(app.effects.attempts.map(({ params }) => params)).toEqual([
      { value: '2026-03-01T12:30:00.000Z' },
      { value: '2026-03-01T13:30:00.000Z' },
    ]);
    expect(await onlySchedule(app)).toMatchObject({ lastAt: '2026-03-01T13:30:00.000Z', nextAt: '2026-03-01T14:30:00.000Z' });
  });

  it('is told of beforehand: a round says when the next one comes', async () => {
    const app = await createTestApp();
    expect((await fireDueSchedules(app)).nextDueMs).toBeNull();
    await scheduled(app, { cron: '30 * * * *' });
    expect((await fireDueSchedules(app)).nextDueMs).toBe(Date.parse('2026-03-01T12:30:00Z'));
  });

  it('of a pattern with seconds is started each second, and never twice in one', async () => {
    const app = await createTestApp();
    await scheduled(app, { cron: '* * * * * *', overlap: 'allow' });
    await pass(app, 10_000, 250);
    expect(app.effects.attempts).toHaveLength(10);
    expect(new Set(app.effects.attempts.map(({ params }) => JSON.stringify(params))).size).toBe(10);
  });

  it('is started once by any number of rounds at a time', async () => {
    const app = await createTestApp();
    for (const at of ['0', '0', '0,30']) await scheduledAs(app, `w${Math.random()}`, { cron: `${at} * * * *` });
    for (let round = 0; round < 6; round += 1) {
      await app.fakeClock.advance(30 * minute);
      await Promise.all([1, 2, 3, 4].map(() => fireDueSchedules(app)));
    }
    await settled();
    expect(await started(app)).toHaveLength(3 + 3 + 6);
  });

  it('is not started again when the clock jumps back, and none is skipped when it comes forward again', async () => {
    const app = await createTestApp();
    await scheduled(app, { cron: '*/10 * * * *' });
    await pass(app, 30 * minute);
    await app.fakeClock.advance(-25 * minute);
    await pass(app, 45 * minute);
    expect(await started(app)).toEqual(['01T12:10', '01T12:20', '01T12:30', '01T12:40', '01T12:50']);
  });
});

function scheduledAs(app: TestApp, name: string, params: Params): Promise<Deployed> {
  const trigger = { id: 'at', type: 'trigger.schedule', params };
  return deploy(app, { name, nodes: [trigger, effect('a')], edges: edges('at>a') });
}

describe('jitter', () => {
  it('delays each start by an amount of its own, the same for every scheduler, and never past the next instant', async () => {
    const app = await createTestApp();
    await scheduled(app, { cron: '*/10 * * * *', jitterMs: '1h' });
    const schedule = await onlySchedule(app);
    const instants = nextInstants(schedule, app.clock.now(), 12);
    const delays = instants.map((at) => startTime(schedule, at) - at);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThan(10 * minute);
    expect(new Set(delays).size).toBe(12);
    expect(schedule.due).toContain(toInstant(startTime(schedule, instants[0] ?? 0)));
    await pass(app, 130 * minute);
    expect(await started(app)).toHaveLength(12);
  });
});

describe('instants that passed while nothing ran', () => {
  const after = async (params: Params, downMs: number): Promise<readonly string[]> => {
    const app = await createTestApp();
    await scheduled(app, { overlap: 'allow', ...params });
    await app.fakeClock.advance(downMs);
    await pass(app, 2 * minute);
    return started(app);
  };

  it('run-once: the newest is started', async () => {
    expect(await after({ cron: '0 * * * *', missed: 'run-once' }, 5.5 * hour)).toEqual(['01T17:00']);
  });

  it('run-once: one that is on time stands for them', async () => {
    expect(await after({ cron: '0 * * * *', missed: 'run-once' }, 5 * hour - minute)).toEqual(['01T17:00']);
  });

  it('skip: none is started, the next one is', async () => {
    expect(await after({ cron: '0 * * * *', missed: 'skip' }, 5.5 * hour)).toEqual([]);
    expect(await after({ cron: '0 * * * *', missed: 'skip' }, 6 * hour - minute)).toEqual(['01T18:00']);
  });

  it('run-all: each is started', async () => {
    expect(await after({ cron: '0 * * * *', missed: 'run-all' }, 3.5 * hour)).toEqual(['01T13:00', '01T14:00', '01T15:00']);
  });

  it('run-all: of more than a hundred the newest hundred', async () => {
    const runs = await after({ cron: '*/10 * * * *', missed: 'run-all' }, 30 * 24 * hour + 5 * minute);
    expect(runs).toHaveLength(100);
    expect(runs.at(-1)).toBe('31T12:00');
  });

  it('are counted by the wall clock: a day of 23 hours has its one run', async () => {
    const params = { cron: '30 2 * * *', timeZone: 'Europe/Berlin', missed: 'run-all' };
    const runs = await after(params, 30 * 24 * hour);
    expect(runs).toHaveLength(30);
    expect(runs.filter((run) => run.startsWith('29T'))).toEqual(['29T01:00']);
  });
});

describe('an instant that meets a running execution', () => {
  it('skip: is left out; the first one after the end is started', async () => {
    const app = await createTestApp();
    const held = holdBack(app);
    await scheduled(app, { cron: '*/10 * * * *', overlap: 'skip' });
    await pass(app, 35 * minute);
    expect(await started(app)).toEqual(['01T12:10']);
    await held.release();
    await pass(app, 10 * minute);
    expect(await started(app)).toEqual(['01T12:10', '01T12:40']);
  });

  it('queue: one waits and is started after the end, further ones are left out', async () => {
    const app = await createTestApp();
    const held = holdBack(app);
    await scheduled(app, { cron: '*/10 * * * *', overlap: 'queue' });
    await pass(app, 35 * minute);
    expect(await started(app)).toEqual(['01T12:10']);
    expect((await onlySchedule(app)).waitingAt).toBe('2026-03-01T12:20:00.000Z');
    await held.release();
    await pass(app, minute);
    expect(await started(app)).toEqual(['01T12:10', '01T12:20']);
    expect((await onlySchedule(app)).waitingAt).toBeNull();
  });

  it('allow: is started', async () => {
    const app = await createTestApp();
    holdBack(app);
    await scheduled(app, { cron: '*/10 * * * *', overlap: 'allow' });
    await pass(app, 35 * minute);
    expect(await started(app)).toEqual(['01T12:10', '01T12:20', '01T12:30']);
  });

  it('counts the execution of an earlier version, too', async () => {
    const app = await createTestApp();
    holdBack(app);
    const { workflowId, plan } = await scheduled(app, { cron: '*/10 * * * *' });
    await pass(app, 15 * minute);
    await putWorkflow(app, owner, { workflowId, definition: plan.definition, source: null });
    await activateWorkflow(app, owner, { workflowId });
    await pass(app, 20 * minute);
    expect(await started(app)).toEqual(['01T12:10']);
  });
});

describe('activation', () => {
  it('of another version in the very second of an instant neither loses nor doubles it', async () => {
    const app = await createTestApp();
    const { workflowId } = await scheduled(app, { cron: '*/10 * * * *' });
    await app.fakeClock.advance(10 * minute + 500);
    await activateWorkflow(app, owner, { workflowId });
    await Promise.all([fireDueSchedules(app), activateWorkflow(app, owner, { workflowId })]);
    await pass(app, minute);
    expect(await started(app)).toEqual(['01T12:10']);
  });

  it('ends with deactivation: nothing is due any more', async () => {
    const app = await createTestApp();
    const { workflowId } = await scheduled(app, { cron: '*/10 * * * *' });
    await deactivateWorkflow(app, owner, workflowId);
    await pass(app, 30 * minute);
    expect(await started(app)).toEqual([]);
  });
});

describe('a crash', () => {
  /** From its n-th commit on nothing answers any more, as in a process that has died: that commit took effect, or did not. */
  function mortal(store: DocumentStore, n: number, effect: 'before' | 'after'): DocumentStore {
    const never = new Promise<never>(() => {});
    let commits = 0;
    const alive = (): boolean => commits < n;
    return {
      ...store,
      get: (path) => (alive() ? store.get(path) : never),
      getAll: (all) => (alive() ? store.getAll(all) : never),
      query: (query) => (alive() ? store.query(query) : never),
      async commit(writes: readonly Write[]) {
        if (!alive()) return never;
        commits += 1;
        if (alive()) return store.commit(writes);
        if (effect === 'after') await store.commit(writes);
        return never;
      },
    };
  }

  const places = Array.from({ length: 8 }, (_, index) => index + 1);

  it.each(['before', 'after'] as const)('%s any commit leaves each instant with one execution', async (effect) => {
    for (const place of places) {
      for (const overlap of ['skip', 'queue', 'allow']) {
        const store = createFakeDocumentStore();
        const app = await createTestApp({ store });
        await scheduled(app, { cron: '*/10 * * * *', overlap, missed: 'run-all' });
        const doomed = await createTestApp({ store: mortal(store, place, effect) });
        for (const each of [app, doomed]) await each.fakeClock.advance(10 * minute);
        void fireDueSchedules(doomed);
        await settled();
        for (let round = 0; round < 4; round += 1) {
          await app.fakeClock.advance(5 * minute);
          await sweep(app);
          await settled();
          await fireDueSchedules(app);
        }
        expect(await started(app), `${place} ${overlap}`).toEqual(['01T12:10', '01T12:20', '01T12:30']);
      }
    }
  });
});

import { paths } from '@automateos/shared/model/paths';
import { Schedule } from '@automateos/shared/model/schedule';
import { createFakeSchedules, type FakeSchedules } from '@automateos/shared/testing/fake-schedules';
import { describe, expect, it } from 'vitest';
import { type Deployed, deploy, edges, effect } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import { activateWorkflow, deactivateWorkflow } from '../workflows/activate-workflow.ts';
import { deleteWorkflow } from '../workflows/delete-workflow.ts';
import { putWorkflow } from '../workflows/put-workflow.ts';
import { listSchedules } from './list-schedules.ts';
import { reconcileJobs } from './reconcile-jobs.ts';

type World = { readonly app: TestApp; readonly schedules: FakeSchedules };

async function open(jobLimit = 100): Promise<World> {
  const schedules = createFakeSchedules({ jobLimit });
  return { app: await createTestApp({ schedules }), schedules };
}

type Crons = Readonly<Record<string, string>>;

const nodesOf = (crons: Crons) => [
  ...Object.entries(crons).map(([id, cron]) => ({ id, type: 'trigger.schedule', params: { cron } })),
  effect('step'),
];
const definitionOf = (name: string, crons: Crons) => ({
  name,
  nodes: nodesOf(crons),
  edges: edges(...Object.keys(crons).map((id) => `${id}>step`)),
});
const scheduled = (app: TestApp, name: string, crons: Crons): Promise<Deployed> => deploy(app, definitionOf(name, crons));

const jobIds = ({ schedules }: World): readonly string[] =>
  [...schedules.jobs.values()].map(({ scheduleId }) => scheduleId.split(':')[1] ?? '').toSorted();

async function markedIds({ app }: World): Promise<readonly string[]> {
  const rows = await app.store.query({ collection: paths.schedules(owner.org) });
  const marked = rows.map(({ data }) => Schedule.parse(data)).filter(({ job }) => job);
  return marked.map(({ nodeId }) => nodeId).toSorted();
}

/** What each schedule of the workflow is said to be woken by. */
async function wakes(app: TestApp, workflowId: string): Promise<Readonly<Record<string, unknown>>> {
  const listed = await listSchedules(app, owner, { workflowId, runs: 1 });
  return Object.fromEntries(listed.map(({ schedule, wake }) => [schedule.nodeId, wake]));
}

describe('activation', () => {
  it('gives each schedule that a job can serve a job, shows its price, and takes it away with the schedule', async () => {
    const world = await open();
    const { workflowId } = await scheduled(world.app, 'w', { daily: '0 9 * * *', seconds: '*/5 * * * * *' });
    expect(jobIds(world)).toEqual(['daily']);
    expect(await markedIds(world)).toEqual(['daily']);
    expect(await wakes(world.app, workflowId)).toEqual({
      daily: { by: 'job', monthlyMicroUsd: 100_000 },
      seconds: { by: 'tick', monthlyMicroUsd: 0 },
    });
    await deactivateWorkflow(world.app, owner, workflowId);
    expect(jobIds(world)).toEqual([]);
    expect(await wakes(world.app, workflowId)).toMatchObject({ daily: { by: 'job' }, seconds: { by: 'tick' } });
    await activateWorkflow(world.app, owner, { workflowId });
    expect(jobIds(world)).toEqual(['daily']);
    await deleteWorkflow(world.app, owner, { workflowId });
    expect(jobIds(world)).toEqual([]);
  });

  it('of another version changes only the jobs that differ', async () => {
    const world = await open();
    const { workflowId } = await scheduled(world.app, 'w', { same: '0 9 * * *', moved: '0 9 * * *', gone: '0 9 * * *' });
    world.schedules.calls.length = 0;
    const { definition } = world.app.plan(definitionOf('w', { same: '0 9 * * *', moved: '0 10 * * *', fresh: '0 9 * * *' }));
    await putWorkflow(world.app, owner, { workflowId, definition, source: null, activate: true });
    expect(world.schedules.calls.toSorted()).toEqual([
      `put ${workflowId}:fresh`,
      `put ${workflowId}:moved`,
      `remove ${workflowId}:gone`,
    ]);
    expect(jobIds(world)).toEqual(['fresh', 'moved', 'same']);
  });

  it('gives jobs up to the limit, across workflows; who has one keeps it', async () => {
    const world = await open(3);
    const first = await scheduled(world.app, 'w1', { a1: '0 9 * * *', a2: '0 9 * * *' });
    const second = await scheduled(world.app, 'w2', { b1: '0 9 * * *', b2: '0 9 * * *' });
    expect(jobIds(world)).toEqual(['a1', 'a2', 'b1']);
    expect(await wakes(world.app, second.workflowId)).toMatchObject({ b1: { by: 'job' }, b2: { by: 'tick' } });
    await activateWorkflow(world.app, owner, { workflowId: first.workflowId });
    expect(jobIds(world)).toEqual(['a1', 'a2', 'b1']);
  });

  it('succeeds when the platform’s scheduler does not answer', async () => {
    const world = await open();
    world.schedules.fail('no answer');
    const { workflowId } = await scheduled(world.app, 'w', { daily: '0 9 * * *' });
    await deactivateWorkflow(world.app, owner, workflowId);
    await activateWorkflow(world.app, owner, { workflowId });
    expect(await markedIds(world)).toEqual(['daily']);
    expect(jobIds(world)).toEqual([]);
  });

  it('asks for nothing where the process looks at schedules itself', async () => {
    const app = await createTestApp();
    const { workflowId } = await scheduled(app, 'w', { daily: '0 9 * * *' });
    expect(await wakes(app, workflowId)).toEqual({ daily: { by: 'process', monthlyMicroUsd: 0 } });
  });
});

describe('reconciliation', () => {
  it('makes lost jobs again, mends changed ones and removes those that nobody wants', async () => {
    const world = await open();
    const { workflowId } = await scheduled(world.app, 'w', { a: '0 9 * * *', b: '0 9 * * *', c: '0 9 * * *' });
    const { jobs } = world.schedules;
    const id = (node: string): string => `${owner.org}/${workflowId}:${node}`;
    const job = jobs.get(id('b'));
    if (job === undefined) throw new Error('b has a job');
    const before = new Map(jobs);
    jobs.delete(id('a'));
    jobs.set(id('b'), { ...job, cron: '5 5 * * *' });
    jobs.set(id('ghost'), { ...job, scheduleId: `${workflowId}:ghost` });
    expect(await reconcileJobs(world.app)).toEqual({ put: 2, removed: 1, demoted: 0 });
    expect(new Map([...jobs].toSorted())).toEqual(new Map([...before].toSorted()));
    expect(await reconcileJobs(world.app)).toEqual({ put: 0, removed: 0, demoted: 0 });
  });

  it('does a bounded part at a time, and comes to an end', async () => {
    const world = await open(1_000);
    for (let n = 0; n < 3; n += 1) {
      const crons = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`s${n}x${i}`, '0 9 * * *']));
      await scheduled(world.app, `w${n}`, crons);
    }
    world.schedules.jobs.clear();
    const rounds = [];
    for (let round = 0; round < 4; round += 1) rounds.push((await reconcileJobs(world.app)).put);
    expect(rounds).toEqual([20, 20, 5, 0]);
  });

  it('takes jobs away when the limit is lowered, and says so on the schedules', async () => {
    const world = await open(3);
    await scheduled(world.app, 'w', { a: '0 9 * * *', b: '0 9 * * *', c: '0 9 * * *' });
    const poorer = { ...world.app, schedules: { ...world.schedules, jobLimit: 1 } };
    expect(await reconcileJobs(poorer)).toEqual({ put: 0, removed: 2, demoted: 2 });
    expect(await markedIds(world)).toEqual(jobIds(world));
    expect(jobIds(world)).toHaveLength(1);
  });

  it('goes on past a job that the platform refuses', async () => {
    const world = await open();
    await scheduled(world.app, 'w', { a: '0 9 * * *', b: '0 9 * * *' });
    world.schedules.jobs.clear();
    const put: FakeSchedules['put'] = async (job) => {
      if (job.scheduleId.endsWith(':a')) throw new Error('INVALID_ARGUMENT');
      await world.schedules.put(job);
    };
    expect(await reconcileJobs({ ...world.app, schedules: { ...world.schedules, put } })).toMatchObject({ put: 1 });
    expect(jobIds(world)).toEqual(['b']);
  });
});

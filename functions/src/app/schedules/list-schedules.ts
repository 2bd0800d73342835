/** The schedules of a workflow with their next runs and what wakes them: the live ones, or what activation of the newest version would make live. */
import { nextInstants } from '@automateos/shared/model/cron-instants';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { Schedule } from '@automateos/shared/model/schedule';
import type { App } from '../app-context.ts';
import { getWorkflow } from '../workflows/get-workflow.ts';
import { newSchedule } from './new-schedule.ts';
import { placeJobs } from './place-jobs.ts';

/** By which a schedule is found to be due; a job of its own has a price. */
export type Wake = { readonly by: 'job' | 'tick' | 'process'; readonly monthlyMicroUsd: number };

export type ListedSchedule = {
  readonly schedule: Schedule;
  readonly active: boolean;
  readonly nextRuns: readonly string[];
  readonly wake: Wake;
};

/** `runs`: how many of the next instants, without jitter. */
export async function listSchedules(
  app: App,
  principal: Principal,
  request: { readonly workflowId: string; readonly runs: number },
): Promise<readonly ListedSchedule[]> {
  const { workflow, version } = await getWorkflow(app, principal, request.workflowId);
  const { org } = principal;
  const active = workflow.activeVersion !== null;
  const where = [['workflowId', '==', workflow.id] as const];
  const live = active ? await app.store.query({ collection: paths.schedules(org), where }) : [];
  const nodes = version.definition.nodes.filter((node) => node.type === 'trigger.schedule' && node.disabled !== true);
  const by = { org, workflowId: workflow.id, version: version.version };
  const schedules = active
    ? live.map((snapshot) => Schedule.parse(snapshot.data))
    : await placeJobs(
        app,
        nodes.map((node) => newSchedule(app, by, node, undefined)),
      );
  const now = app.clock.now();
  return schedules
    .toSorted((a, b) => (a.nodeId < b.nodeId ? -1 : 1))
    .map((schedule) => ({
      schedule,
      active,
      nextRuns: nextInstants(schedule, now, request.runs).map((at) => toInstant(at)),
      wake: wakeOf(app, schedule),
    }));
}

/** At the list price: the few jobs that an account has free are its own, not a schedule's. */
function wakeOf({ schedules, pricing }: App, { job }: Schedule): Wake {
  if (!job) return { by: schedules.others, monthlyMicroUsd: 0 };
  const { usd, per } = pricing.table.schedulerJobMonths;
  return { by: 'job', monthlyMicroUsd: Math.round((usd / per) * 1_000_000) };
}

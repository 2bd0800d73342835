/**
 * Holds the jobs that exist against the schedules that are to have one, and puts right what differs: hints that were lost, jobs that
 * somebody deleted, a limit that was lowered. Bounded work; what is left is the next round's. Nothing is late meanwhile, because the tick
 * fires whatever its job did not.
 */
import { Schedule } from '@automateos/shared/model/schedule';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { asDocument } from '../engine/as-document.ts';
import { hint, jobKey, jobOf, sameJob } from './announce-jobs.ts';

export type Reconciled = { readonly put: number; readonly removed: number; readonly demoted: number };

const changesARound = 20;

/** More than the limit can be, so that those above it are seen, too. */
const mostJobs = 1_100;

export async function reconcileJobs(app: App): Promise<Reconciled> {
  const { schedules, store } = app;
  if (schedules.others === 'process') return { put: 0, removed: 0, demoted: 0 };
  // Documents after jobs: a job that is made in between belongs to a document that is read.
  const jobs = await schedules.list();
  const rows = await store.query({ collection: 'schedules', group: true, where: [['job', '==', true]], limit: mostJobs });
  const meant = rows.map((snapshot) => ({ snapshot, job: jobOf(Schedule.parse(snapshot.data)) }));
  const kept = meant.slice(0, schedules.jobLimit).flatMap(({ job }) => job ?? []);
  const wanted = new Map(kept.map((job) => [jobKey(job), job]));
  const existing = new Map(jobs.map((job) => [jobKey(job), job]));
  const missing = kept.filter((job) => !sameJob(existing.get(jobKey(job)), job)).slice(0, changesARound);
  const superfluous = jobs.filter((job) => !wanted.has(jobKey(job))).slice(0, changesARound);
  const above = meant.filter(({ job }) => job === null || !wanted.has(jobKey(job))).slice(0, changesARound);
  const demoted = await Promise.all(above.map(({ snapshot }) => demote(app, snapshot)));
  // One after the other: this is in no hurry, and the service takes so many changes a minute.
  let [put, removed] = [0, 0];
  for (const job of superfluous) removed += Number(await hint(app, job, () => schedules.remove(job)));
  for (const job of missing) put += Number(await hint(app, job, () => schedules.put(job)));
  const total = { put, removed, demoted: demoted.filter(Boolean).length };
  if (put + removed + total.demoted > 0) app.logger.info('schedule-jobs-reconciled', total);
  return total;
}

/** From now on the tick's. false when the document was changed meanwhile: the next round looks again. */
async function demote(app: App, { path, data, version }: Snapshot): Promise<boolean> {
  const schedule: Schedule = { ...Schedule.parse(data), job: false };
  const result = await app.store.commit([{ kind: 'update', path, data: asDocument(schedule), version }]);
  return result.ok;
}

/**
 * The minute's tick: fires what is due of schedules that have no job of their own, and of those whose job did not come; stays for what
 * becomes due before the next tick, where patterns with seconds and jitter need it; and now and then puts the jobs right. Any number of ticks at a
 * time start each instant once.
 */
import type { App } from '../app-context.ts';
import { fireDueSchedules } from './fire-due-schedules.ts';
import { reconcileJobs } from './reconcile-jobs.ts';

export type Ticked = { readonly started: number; readonly skipped: number; readonly rounds: number };

/** The next tick comes after a minute; it may begin late, and two at a time cost reads. */
const staysMs = 50_000;

/** So long a job has to call for its schedule. Well below a minute: what the tick starts instead is still on time. */
const jobGraceMs = 10_000;

const reconcileEveryMs = 10 * 60_000;

export async function tick(app: App): Promise<Ticked> {
  const began = app.clock.now();
  const reconciles = Math.floor(began / 60_000) % (reconcileEveryMs / 60_000) === 0;
  const [ticked] = await Promise.all([stay(app, began + staysMs), reconciles ? reconcile(app) : undefined]);
  return ticked;
}

async function stay(app: App, untilMs: number): Promise<Ticked> {
  const total = { started: 0, skipped: 0, rounds: 0 };
  for (;;) {
    const { started, skipped, nextDueMs } = await fireDueSchedules(app, { jobGraceMs, aheadMs: staysMs });
    total.started += started;
    total.skipped += skipped;
    total.rounds += 1;
    if (nextDueMs === null || nextDueMs > untilMs || app.settings.draining()) return total;
    await app.clock.sleep(Math.max(1, nextDueMs - app.clock.now()));
  }
}

/** Of no consequence for what is due: a failure waits for the next time. */
async function reconcile(app: App): Promise<void> {
  try {
    await reconcileJobs(app);
  } catch (error) {
    app.logger.warn('schedule-jobs-not-reconciled', { reason: String(error) });
  }
}

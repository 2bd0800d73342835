/**
 * A round of the scheduler: fires every schedule that is due, in every organization, and says when the next one will be. Any number of
 * rounds at a time, in any number of processes, start each instant once.
 */
import { dueShards } from '@automateos/shared/engine/due';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { duePage } from '../due-page.ts';
import { type Fired, fireSchedule } from './fire-schedule.ts';

const pageSize = 100;

/** Starts are bound by commits, which the store groups. */
const concurrency = 16;

export type Round = {
  readonly started: number;
  readonly skipped: number;
  /** Epoch ms of the next instant that is not due yet; null when there is none. */
  readonly nextDueMs: number | null;
};

export type RoundOptions = {
  /** Schedules with a job are left to it for so long. */
  readonly jobGraceMs?: number;
  /** How far ahead the next instant is looked for; as far as there is one when absent. */
  readonly aheadMs?: number;
};

export async function fireDueSchedules(app: App, { jobGraceMs = 0, aheadMs }: RoundOptions = {}): Promise<Round> {
  const total = { started: 0, skipped: 0 };
  const times: number[] = [];
  const until = aheadMs === undefined ? {} : { until: toInstant(app.clock.now() + aheadMs) };
  for (let shard = 0; shard < dueShards; shard += 1) {
    let after: Snapshot | undefined;
    for (;;) {
      const page = await duePage(app.store, { collection: 'schedules', shard, limit: pageSize, after, ...until });
      const now = app.clock.now();
      const timed = page.map((snapshot) => ({ snapshot, time: dueTime(String(snapshot.data.due)) }));
      const passed = timed.filter(({ time }) => time <= now);
      const left = passed.filter(({ snapshot, time }) => snapshot.data.job === true && time + jobGraceMs > now);
      for (const { time } of left) times.push(time + jobGraceMs);
      const due = passed.filter((one) => !left.includes(one)).map(({ snapshot }) => snapshot);
      for (const { started, skipped, due: next } of await fireAll(app, due)) {
        total.started += started;
        total.skipped += skipped;
        if (next !== null) times.push(dueTime(next));
      }
      const ahead = timed.find(({ time }) => time > now);
      if (ahead) times.push(ahead.time);
      after = page.at(-1);
      if (ahead || page.length < pageSize || app.settings.draining()) break;
    }
  }
  const now = app.clock.now();
  const ahead = times.filter((time) => time > now);
  return { ...total, nextDueMs: ahead.length === 0 ? null : Math.min(...ahead) };
}

async function fireAll(app: App, due: readonly Snapshot[]): Promise<readonly Fired[]> {
  const fired: Fired[] = [];
  for (let at = 0; at < due.length; at += concurrency) {
    const some = due.slice(at, at + concurrency).map((snapshot) => fireSafely(app, snapshot));
    fired.push(...(await Promise.all(some)));
  }
  return fired;
}

/** One schedule that fails does not hold up the others; it stays due, so the next round tries it again. */
async function fireSafely(app: App, snapshot: Snapshot): Promise<Fired> {
  try {
    return await fireSchedule(app, snapshot);
  } catch (error) {
    app.logger.error('schedule-failed', { schedule: snapshot.path, at: toInstant(app.clock.now()) }, error);
    return { started: 0, skipped: 0, due: null };
  }
}

function dueTime(due: string): number {
  return fromInstant(due.slice(due.indexOf(':') + 1));
}

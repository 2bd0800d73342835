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

export async function fireDueSchedules(app: App): Promise<Round> {
  const total = { started: 0, skipped: 0 };
  const times: number[] = [];
  for (let shard = 0; shard < dueShards; shard += 1) {
    let after: Snapshot | undefined;
    for (;;) {
      const page = await duePage(app.store, { collection: 'schedules', shard, limit: pageSize, after });
      const now = app.clock.now();
      const due = page.filter((snapshot) => dueTime(String(snapshot.data.due)) <= now);
      for (const { started, skipped, due: next } of await fireAll(app, due)) {
        total.started += started;
        total.skipped += skipped;
        if (next !== null) times.push(dueTime(next));
      }
      const ahead = page.find((snapshot) => !due.includes(snapshot));
      if (ahead) times.push(dueTime(String(ahead.data.due)));
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

/** When a schedule that goes live now fires first. The scheduler moves it on from there. */
import { dueAt } from '@automateos/shared/engine/due';
import { toInstant } from '@automateos/shared/model/instant';
import { Cron } from 'croner';
import type { App } from '../app-context.ts';

type Pattern = { readonly id: string; readonly cron: string; readonly timeZone: string; readonly jitterMs: number };

/** `nextAt` is the cron instant, `due` has the jitter; both null when the pattern never matches again. */
export function firstDue(app: App, pattern: Pattern): { readonly nextAt: string | null; readonly due: string | null } {
  const next = new Cron(pattern.cron, { timezone: pattern.timeZone, paused: true }).nextRun(new Date(app.clock.now()));
  if (next === null) return { nextAt: null, due: null };
  const jitter = Math.floor(app.ids.random() * pattern.jitterMs);
  return { nextAt: toInstant(next.getTime()), due: dueAt(pattern.id, next.getTime() + jitter) };
}

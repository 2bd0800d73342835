/**
 * The instants of a cron pattern, as epoch milliseconds. Whole seconds, strictly increasing, the same whichever instant one asks from.
 *
 * Clock changes, in the pattern's time zone: a pattern that names one time of day (`30 2 * * *`) fires once on every day that it means.
 * Where clocks jump over that time it fires at the first moment after the gap (02:30 becomes 03:00 of that day); where clocks repeat it,
 * at the first of the two. Every other pattern (`*`, steps, lists and ranges of hours or minutes) follows the clock on the wall: times
 * that a day does not have are left out, times that it has twice fire twice, so that "every 15 minutes" stays every 15 minutes.
 */
import { Cron } from 'croner';

export type CronPattern = { readonly cron: string; readonly timeZone: string };

/** The next `count` instants after `afterMs`, fewer where the pattern ends. */
export function nextInstants(pattern: CronPattern, afterMs: number, count: number): readonly number[] {
  return parsed(pattern)
    .nextRuns(count, new Date(afterMs))
    .map((run) => run.getTime());
}

/** null when no instant is left. */
export function nextInstant(pattern: CronPattern, afterMs: number): number | null {
  return nextInstants(pattern, afterMs, 1)[0] ?? null;
}

/** The newest instants of `[fromMs, toMs]`, at most `count`, the oldest of them first. The cost depends on `count`, not on the span. */
export function newestInstants(pattern: CronPattern, span: { fromMs: number; toMs: number }, count: number): readonly number[] {
  const before = parsed(pattern).previousRuns(count, new Date(Math.floor(span.toMs / 1_000) * 1_000 + 1_000));
  return before
    .map((run) => run.getTime())
    .filter((at) => at >= span.fromMs && at <= span.toMs)
    .reverse();
}

function parsed({ cron, timeZone }: CronPattern): Cron {
  return new Cron(cron.trim(), { timezone: timeZone, paused: true, mode: '5-or-6-parts' });
}

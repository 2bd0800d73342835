/**
 * Remembers which evaluations took too long. One that did so three times within a minute, with the same data and for the same caller, would
 * again: it is refused before it costs anybody time. Other data is still tried, so that whoever sends bad data to a workflow cannot make it
 * refuse the good.
 */
import { createHash } from 'node:crypto';

export type Evaluation = {
  readonly caller: string;
  /** The expression as it was written. */
  readonly source: string;
  /** Its data as JSON. */
  readonly values: string;
};

export type TimeoutRecord = {
  readonly note: (evaluation: Evaluation) => void;
  readonly isRefused: (evaluation: Evaluation) => boolean;
};

export const timeoutLimit = {
  times: 3,
  withinMs: 60_000,
  /** Characters of data up to which it is compared: more takes too long itself, and is always tried. */
  values: 1_048_576,
} as const;

type Noted = { readonly at: number; readonly caller: string; readonly source: string; readonly digest: string };

/** Never long: a timeout takes a worker a quarter of a second, and those older than a minute are forgotten. */
export function createTimeoutRecord(now: () => number): TimeoutRecord {
  let noted: readonly Noted[] = [];
  return {
    note({ caller, source, values }) {
      if (values.length > timeoutLimit.values) return;
      const at = now();
      noted = [...noted.filter((one) => one.at > at - timeoutLimit.withinMs), { at, caller, source, digest: digest(values) }];
    },
    isRefused({ caller, source, values }) {
      if (noted.length === 0 || values.length > timeoutLimit.values) return false;
      const since = now() - timeoutLimit.withinMs;
      const same = noted.filter((one) => one.at > since && one.source === source && one.caller === caller);
      if (same.length < timeoutLimit.times) return false;
      const wanted = digest(values);
      return same.filter((one) => one.digest === wanted).length >= timeoutLimit.times;
    },
  };
}

function digest(values: string): string {
  return createHash('sha256').update(values).digest('base64');
}

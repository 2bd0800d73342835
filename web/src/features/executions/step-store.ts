/**
 * The steps of one execution as far as they are known, from three sources that may overtake each other: the execution itself, the pages of
 * its steps, and live events. Newer wins by generation, then attempt, then "ended"; listeners hear at most one change per 120 ms.
 */
import type { Step } from '../../lib/api/step.ts';

export type StepKey = string;
export const stepKey = (scope: string, nodeId: string): StepKey => `${scope}|${nodeId}`;

export type StepStore = {
  readonly apply: (steps: readonly Step[]) => void;
  /** The same object until something changed. */
  readonly get: () => ReadonlyMap<StepKey, Step>;
  readonly subscribe: (listener: () => void) => () => void;
};

const quietMs = 120;

export function createStepStore(): StepStore {
  const known = new Map<StepKey, Step>();
  let snapshot: ReadonlyMap<StepKey, Step> = new Map();
  let scheduled = false;
  const listeners = new Set<() => void>();
  const publish = (): void => {
    scheduled = false;
    snapshot = new Map(known);
    for (const listener of listeners) listener();
  };
  return {
    apply(steps) {
      let changed = false;
      for (const step of steps) {
        const key = stepKey(step.scope, step.nodeId);
        const merged = merge(known.get(key), step);
        if (merged === known.get(key)) continue;
        known.set(key, merged);
        changed = true;
      }
      if (!changed || scheduled) return;
      scheduled = true;
      setTimeout(publish, snapshot.size === 0 ? 0 : quietMs);
    },
    get: () => snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The newer of the two; the very same object if nothing is new, so that nothing renders. */
export function merge(old: Step | undefined, next: Step): Step {
  if (old === undefined) return next;
  if (next.generation < old.generation) return old;
  if (next.generation === old.generation) {
    if (next.attempt < old.attempt) return old;
    if (next.attempt === old.attempt && isSettled(old) && !isSettled(next)) return old;
    if (sameStep(old, next)) return old;
    // Events may leave out what lists carry.
    return {
      ...next,
      input: next.input ?? old.input,
      output: next.output ?? old.output,
      error: next.error ?? (isSettled(next) ? next.error : old.error),
    };
  }
  return next;
}

function isSettled(step: Step): boolean {
  return step.status === 'succeeded' || step.status === 'failed' || step.status === 'skipped' || step.status === 'cancelled';
}

function sameStep(a: Step, b: Step): boolean {
  return (
    a.status === b.status &&
    a.attempt === b.attempt &&
    a.endedAt === b.endedAt &&
    (b.truncated === true || a.truncated !== true) &&
    (b.items?.done ?? 0) <= (a.items?.done ?? 0) &&
    (b.output === undefined || a.output !== undefined) &&
    (b.input === undefined || a.input !== undefined) &&
    ((b.error ?? null) === null) === ((a.error ?? null) === null) &&
    (b.logs?.length ?? 0) <= (a.logs?.length ?? 0) &&
    (b.tries?.length ?? 0) <= (a.tries?.length ?? 0)
  );
}

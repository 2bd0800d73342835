/**
 * Waits for an expression that is in the sandbox without losing what waits for it: whoever started the execution is answered at its first
 * commit, which does not wait for a slow expression and those in the queue before it; and the lease of a branch is renewed in time.
 */
import type { Clock } from '@automateos/shared/ports/clock';
import type { Evaluated } from '@automateos/shared/ports/evaluator';
import { type Committed, checkpoint } from './checkpoint.ts';
import type { Run } from './run.ts';

/** Most expressions are through by then, and cost no commit of their own. */
const startPatienceMs = 50;
/** Well within the shortest lease. */
const renewMs = 5_000;

export type Held = { readonly evaluated: Evaluated } | { readonly evaluated: null; readonly committed: Committed };

/** `evaluated` is null where a commit on the way did not land or has handed the branch over: whatever would be done with the value is to be decided anew. */
export async function holdWhileEvaluating(run: Run, pending: Promise<Evaluated>): Promise<Held> {
  for (let patience = run.version === null ? startPatienceMs : renewMs; ; patience = renewMs) {
    const evaluated = await within(run.app.clock, patience, pending);
    if (evaluated) return { evaluated };
    const handsOver = run.preludeUntil !== null;
    const committed = await checkpoint(run, { branch: handsOver ? { ...run.branch, status: 'queued' } : run.branch });
    if (committed !== 'ok' || handsOver) return { evaluated: null, committed };
  }
}

function within(clock: Clock, ms: number, pending: Promise<Evaluated>): Promise<Evaluated | null> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => resolve(null));
    pending.then(resolve, reject).finally(cancel);
  });
}

import type { Pool } from '../model/node-manifest.ts';
import type { BranchRef } from './queue.ts';

/** Best-effort wake-ups: a lost one is found by the sweep, an early or double one finds nothing due. */
export interface Timers {
  wakeAt(pool: Pool, ref: BranchRef, atEpochMs: number): Promise<void>;
}

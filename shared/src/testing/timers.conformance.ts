/** What every Timers adapter must do, run on the timers of one process and on Cloud Tasks' protocol. Real time passes, little of it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BranchRef } from '../ports/queue.ts';
import type { Timers } from '../ports/timers.ts';

export type Arrival = { readonly ref: BranchRef; readonly atEpochMs: number };

export type TimersUnderTest = {
  readonly timers: Timers;
  now(): number;
  /** Resolves when so many wake-ups have arrived in all; with those that have. */
  arrived(count: number): Promise<readonly Arrival[]>;
  close(): Promise<void>;
};

const ref = (branchId: string): BranchRef => ({ org: 'org_a', executionId: 'exe_1', branchId });
const day = 86_400_000;

export function describeTimers(name: string, open: () => Promise<TimersUnderTest>): void {
  describe(`${name} as Timers`, () => {
    let under: TimersUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    it('wakes with the branch it was given, never before the time', async () => {
      const at = under.now() + 300;
      await under.timers.wakeAt('branches', ref('brn_1'), at);
      const [arrival] = await under.arrived(1);
      expect(arrival?.ref).toMatchObject(ref('brn_1'));
      expect(arrival?.atEpochMs).toBeGreaterThanOrEqual(at);
    });

    it('wakes at once for a time that has passed', async () => {
      await under.timers.wakeAt('branches', ref('brn_past'), under.now() - 5_000);
      expect((await under.arrived(1))[0]?.ref.branchId).toBe('brn_past');
    });

    it('wakes each pool, and each branch of many, in the order of their times', async () => {
      const at = under.now() + 400;
      const pools = ['branches', 'branches-ai', 'branches-heavy'] as const;
      await Promise.all(pools.map((pool, i) => under.timers.wakeAt(pool, ref(`brn_${i}`), at + (2 - i) * 150)));
      expect((await under.arrived(3)).map((arrival) => arrival.ref.branchId)).toEqual(['brn_2', 'brn_1', 'brn_0']);
    });

    it('takes the same wake-up twice', async () => {
      const at = under.now() + 200;
      await under.timers.wakeAt('branches', ref('brn_1'), at);
      await under.timers.wakeAt('branches', ref('brn_1'), at);
      expect((await under.arrived(1))[0]?.ref.branchId).toBe('brn_1');
    });

    it('takes times beyond its reach, which are the sweep\u2019s', async () => {
      for (const days of [29, 31, 400, 36_500])
        await under.timers.wakeAt('branches', ref(`brn_${days}`), under.now() + days * day);
      await under.timers.wakeAt('branches', ref('brn_near'), under.now() + 100);
      expect((await under.arrived(1)).map((arrival) => arrival.ref.branchId)).toEqual(['brn_near']);
    });
  });
}

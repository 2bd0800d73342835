/**
 * What every Queue does, run on the local queue and on Pub/Sub with its push. A hint is a hint: it arrives at least once while nothing
 * fails, and whether a worker that throws is told again is the adapter's (Pub/Sub: yes; the local queue: the sweep does). `open` gives an
 * empty one.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pool } from '../model/node-manifest.ts';
import type { BranchRef, Queue } from '../ports/queue.ts';

export type QueueUnderTest = {
  readonly queue: Queue;
  /** From now on hints are handed to `work`; those that came before, too. */
  listen(work: (ref: BranchRef) => Promise<void>): Promise<void> | void;
  close(): Promise<void>;
};

const pools: readonly Pool[] = ['branches', 'branches-ai', 'branches-heavy'];
const patience = { timeout: 20_000 };
const refOf = (branchId: string, executionId = 'exe_1'): BranchRef => ({ org: 'org_a', executionId, branchId });
const keyOf = ({ org, executionId, branchId }: BranchRef): string => JSON.stringify([org, executionId, branchId]);
const keysOf = (refs: readonly BranchRef[]): readonly string[] => [...new Set(refs.map(keyOf))].toSorted();

export function describeQueue(name: string, open: () => Promise<QueueUnderTest> | QueueUnderTest): void {
  describe(`${name} as Queue`, () => {
    let under: QueueUnderTest;
    let seen: BranchRef[] = [];
    beforeEach(async () => {
      seen = [];
      under = await open();
    });
    afterEach(() => under.close());

    const listen = () => under.listen(async (ref) => void seen.push(ref));
    const expectSeen = (refs: readonly BranchRef[]) => expect.poll(() => keysOf(seen), patience).toEqual(keysOf(refs));

    it('hands what is published to a worker, unchanged, with its trace', async () => {
      await listen();
      const trace = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
      await under.queue.publish('branches', [{ ...refOf('$start'), trace }]);
      await expect.poll(() => seen[0], patience).toEqual({ ...refOf('$start'), trace });
    });

    it('hands over what was published before anybody listened', async () => {
      await under.queue.publish('branches', [refOf('a'), refOf('b')]);
      await listen();
      await expectSeen([refOf('a'), refOf('b')]);
    });

    it('hands over branches of every pool and every shape of id', async () => {
      await listen();
      const ids = ['$start', 'each[3]:inner[0]:step', 'each.pack.7~2', 'stop.1', 'x'.repeat(900), '\u00e9\u4e16\u{1f600} "\\'];
      await Promise.all(
        pools.map((pool) =>
          under.queue.publish(
            pool,
            ids.map((id) => refOf(id, `exe_${pool}`)),
          ),
        ),
      );
      await expectSeen(pools.flatMap((pool) => ids.map((id) => refOf(id, `exe_${pool}`))));
    });

    it('tells the same branch of different executions and organizations apart', async () => {
      await listen();
      const refs = [refOf('a', 'exe_1'), refOf('a', 'exe_2'), { ...refOf('a', 'exe_3'), org: 'org_b' }];
      await under.queue.publish('branches', refs);
      await expectSeen(refs);
    });

    it('takes none, and more than one request can carry', async () => {
      await listen();
      await under.queue.publish('branches', []);
      const refs = Array.from({ length: 2_100 }, (_, n) => refOf(`b${n}`));
      await under.queue.publish('branches', refs);
      await expectSeen(refs);
    });

    it('takes the same branch again, at once and later', async () => {
      await listen();
      await under.queue.publish('branches', [refOf('a'), refOf('a')]);
      await expectSeen([refOf('a')]);
      const before = seen.length;
      await under.queue.publish('branches', [refOf('a')]);
      await expect.poll(() => seen.length, patience).toBeGreaterThan(before);
    });

    it('goes on after a worker that throws', async () => {
      await under.listen(async (ref) => {
        if (ref.branchId === 'bad') throw new Error('a worker that fails');
        seen.push(ref);
      });
      await under.queue.publish('branches', [refOf('bad'), refOf('good')]);
      await expectSeen([refOf('good')]);
      await under.queue.publish('branches', [refOf('bad', 'exe_2'), refOf('better')]);
      await expectSeen([refOf('good'), refOf('better')]);
    });
  });
}

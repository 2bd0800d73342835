import type { Logger } from '@automateos/shared/ports/logger';
import { describeQueue } from '@automateos/shared/testing/queue.conformance';
import { expect, it } from 'vitest';
import { createLocalQueue } from './local-queue.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };
const open = (places: number) => createLocalQueue({ places, logger: silent, now: () => 0 });

describeQueue('the local queue', () => {
  const queue = open(4);
  return { queue, listen: (work) => queue.start(work), close: () => queue.drain(1_000) };
});

it('a worker that throws is not told again: the store knows that the branch is due', async () => {
  const queue = open(1);
  let calls = 0;
  queue.start(async () => {
    calls += 1;
    throw new Error('fails');
  });
  await queue.publish('branches', [{ org: 'o', executionId: 'e', branchId: 'b' }]);
  await queue.drain(1_000);
  expect(calls).toBe(1);
  expect([queue.depth(), queue.busy()]).toEqual([0, 0]);
});

it('a hint for a branch that is being worked on is kept, because the worker may have looked too early', async () => {
  const queue = open(2);
  const looks: (() => void)[] = [];
  queue.start(() => new Promise((resolve) => looks.push(resolve)));
  const ref = { org: 'o', executionId: 'e', branchId: 'b' };
  await queue.publish('branches', [ref]);
  await queue.publish('branches', [ref]);
  expect([looks.length, queue.depth()]).toEqual([1, 1]);
  looks[0]?.();
  await expect.poll(() => looks.length).toBe(2);
  looks[1]?.();
  await queue.drain(1_000);
});

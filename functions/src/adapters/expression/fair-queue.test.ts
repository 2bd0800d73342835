import { expect, test } from 'vitest';
import { createFairQueue } from './fair-queue.ts';

test('one key is served in order, and several in turns', () => {
  const queue = createFairQueue<string>();
  for (const value of ['a1', 'a2', 'a3']) queue.add('a', value);
  for (const value of ['b1', 'b2']) queue.add('b', value);
  const taken = [queue.take(), queue.take()];
  queue.add('c', 'c1');
  expect(queue.size()).toBe(4);
  while (queue.size() > 0) taken.push(queue.take());
  expect(taken).toEqual(['a1', 'b1', 'a2', 'b2', 'c1', 'a3']);
  expect(queue.take()).toBeUndefined();
  expect(queue.size()).toBe(0);
});

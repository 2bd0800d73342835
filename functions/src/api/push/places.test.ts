import { expect, it } from 'vitest';
import { createFakeClock, settled } from '../../testing/fake-clock.ts';
import { createPlaces } from './places.ts';

it('no more work is under way than there are places; the others follow in order', async () => {
  const clock = createFakeClock();
  const places = createPlaces({ places: 2, patienceMs: 1_000, clock });
  const leave = await places.enter();
  await places.enter();
  const order: string[] = [];
  const third = places.enter().then(() => order.push('third'));
  const fourth = places.enter().then(() => order.push('fourth'));
  await settled();
  expect(order).toEqual([]);
  leave();
  await third;
  expect(order).toEqual(['third']);
  await expect(Promise.all([fourth, clock.advance(1_001)])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

it('a place that nobody waits for is free again', async () => {
  const places = createPlaces({ places: 1, patienceMs: 1_000, clock: createFakeClock() });
  for (let round = 0; round < 3; round += 1) (await places.enter())();
  const leave = await places.enter();
  const next = places.enter();
  leave();
  await expect(next).resolves.toBeTypeOf('function');
});

/** The bad day does to Firestore's own client what it says, and nothing to what it lets through. */
import { Firestore } from '@google-cloud/firestore';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FirestoreEmulator, startFirestoreEmulator } from './firestore-emulator.ts';
import { type FirestoreFaultProxy, startFirestoreFaultProxy } from './firestore-fault-proxy.ts';

let emulator: FirestoreEmulator;
let proxy: FirestoreFaultProxy;
let straight: Firestore;
let through: Firestore;

const client = (host: string): Firestore =>
  new Firestore({ projectId: 'demo-proxy', host, ssl: false, customHeaders: { Authorization: 'Bearer owner' } });

beforeAll(async () => {
  emulator = await startFirestoreEmulator();
  proxy = await startFirestoreFaultProxy({ emulator: emulator.host, seed: 1 });
  straight = client(emulator.host);
  through = client(proxy.host);
});
afterAll(async () => {
  await Promise.allSettled([straight?.terminate(), through?.terminate()]);
  await proxy?.stop();
  await emulator?.stop();
});

/** One write, as the adapter sends them: the client must not repeat it by itself. */
const write = (id: string, data: object): Promise<unknown> => {
  const batch = through.batch();
  batch.set(through.doc(`things/${id}`), data);
  return batch.commit().then(
    () => 'ok',
    (error: { code?: number }) => error.code,
  );
};
const stored = async (id: string): Promise<unknown> => (await straight.doc(`things/${id}`).get()).data();

it('passes on reads, writes, queries, counts, failed preconditions and listening as they are', async () => {
  expect(await write('a', { n: 1 })).toBe('ok');
  expect((await through.doc('things/a').get()).data()).toEqual({ n: 1 });
  const all = through.collection('things').where('n', '>', 0);
  expect((await all.get()).docs.map(({ id }) => id)).toEqual(['a']);
  expect((await all.count().get()).data().count).toBe(1);
  await expect(through.doc('things/a').create({ n: 2 })).rejects.toMatchObject({ code: 6 });
  const heard = new Promise<unknown>((resolve) => {
    through.doc('things/b').onSnapshot((snapshot) => snapshot.exists && resolve(snapshot.data()));
  });
  await straight.doc('things/b').set({ n: 3 });
  expect(await heard).toEqual({ n: 3 });
  expect(Object.values(proxy.counts()).every((count) => count === 0)).toBe(true);
});

it('an error before is no write, an error after is one, and a late one comes when nobody waits', async () => {
  proxy.setRates({ aborted: 1 });
  const failing = write('before', { n: 1 });
  await expect.poll(() => proxy.counts().aborted).toBeGreaterThan(0);
  expect(await stored('before')).toBeUndefined();
  proxy.setRates({});
  await failing;
  proxy.setRates({ 'deadline-applied': 1 });
  const applied = write('after', { n: 1 });
  await expect.poll(() => stored('after')).toEqual({ n: 1 });
  proxy.setRates({});
  await applied;
  proxy.setRates({ late: 1 });
  const late = write('late', { n: 1 });
  await expect.poll(() => stored('late')).toEqual({ n: 1 });
  proxy.setRates({});
  await late;
  expect(proxy.counts()).toMatchObject({ 'unavailable-applied': 0, cut: 0 });
});

it('listening goes on after its stream was cut, and after an outage', async () => {
  const seen: number[] = [];
  const stop = through.doc('things/watched').onSnapshot((snapshot) => seen.push(snapshot.data()?.n ?? 0));
  await expect.poll(() => seen).toEqual([0]);
  proxy.setOutage(true);
  // past the proxy; a busy emulator may break a call off, which the client does not take up again
  await expect
    .poll(
      () =>
        straight
          .doc('things/watched')
          .set({ n: 1 })
          .then(
            () => true,
            () => false,
          ),
      { timeout: 30_000 },
    )
    .toBe(true);
  proxy.setOutage(false);
  await expect.poll(() => seen.at(-1), { timeout: 30_000 }).toBe(1);
  stop();
});

import { StoreUnavailable, type Write } from '@automateos/shared/ports/document-store';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FirestoreEmulator, startFirestoreEmulator } from '../../../../infra/emulators/firestore-emulator.ts';
import { type FirestoreFaultProxy, startFirestoreFaultProxy } from '../../../../infra/emulators/firestore-fault-proxy.ts';
import { createFirestoreStore, type FirestoreStore } from './firestore-store.ts';

let emulator: FirestoreEmulator;
let proxy: FirestoreFaultProxy;
/** Past the proxy, and through it. */
let straight: FirestoreStore;
let through: FirestoreStore;

const open = (emulatorHost: string): FirestoreStore =>
  createFirestoreStore({
    ...{ projectId: 'demo-faults', databaseId: '(default)', emulatorHost },
    indexes: { indexes: [], fieldOverrides: [] },
  });

beforeAll(async () => {
  emulator = await startFirestoreEmulator();
  proxy = await startFirestoreFaultProxy({ emulator: emulator.host, seed: 7 });
  straight = open(emulator.host);
  through = open(proxy.host);
});
afterAll(async () => {
  await Promise.allSettled([straight?.close(), through?.close()]);
  await proxy?.stop();
  await emulator?.stop();
});
beforeEach(async () => {
  proxy.setRates({});
  await emulator.wipe('demo-faults');
});

const create = (id: string): Write => ({ kind: 'create', path: `things/${id}`, data: { id } });

test.each(['unavailable-applied', 'deadline-applied', 'late'] as const)(
  'a commit that lands although its answer is an error (%s) is answered with the versions that are stored',
  async (fault) => {
    const first = await straight.commit([create('old'), create('gone')]);
    const version = (first.ok && first.versions[0]) || '';
    const struck = proxy.counts()[fault];
    proxy.setRates({ [fault]: 1 });
    const pending = through.commit([
      create('new'),
      { kind: 'update', path: 'things/old', data: { n: 2 }, version },
      { kind: 'delete', path: 'things/gone' },
    ]);
    await expect.poll(() => proxy.counts()[fault]).toBeGreaterThan(struck);
    proxy.setRates({});
    const result = await pending;
    const [made, old, gone] = await straight.getAll(['things/new', 'things/old', 'things/gone']);
    expect(result).toEqual({ ok: true, versions: [made?.version, old?.version, ''] });
    expect([old?.data, gone]).toEqual([{ n: 2 }, null]);
  },
);

test('on a bad day what is answered is true: ok is stored, refused is not, and no write is done twice', async () => {
  await straight.commit([{ kind: 'create', path: 'things/counter', data: { n: 0 } }]);
  const rate = 0.06;
  proxy.setRates({
    ...{ unavailable: rate, aborted: rate, deadline: rate, 'unavailable-applied': rate, 'deadline-applied': rate },
    ...{ late: rate, delay: rate, cut: rate },
  });
  const answers = { ok: new Set<string>(), refused: new Set<string>(), unknown: 0 };
  const work = async (worker: number): Promise<void> => {
    for (let turn = 0; turn < 12; turn += 1) {
      const id = `${worker}-${turn}`;
      try {
        const counter = await through.get('things/counter');
        const data = { n: Number(counter?.data.n) + 1 };
        const update: Write = { kind: 'update', path: 'things/counter', data, version: counter?.version ?? '' };
        const { ok } = await through.commit([create(id), update]);
        answers[ok ? 'ok' : 'refused'].add(id);
      } catch (error) {
        expect(error).toBeInstanceOf(StoreUnavailable);
        answers.unknown += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: 5 }, (_, worker) => work(worker)));
  proxy.setRates({});
  const stored = (await straight.query({ collection: 'things' })).map(({ path }) => path.slice('things/'.length));
  const marks = new Set(stored.filter((id) => id !== 'counter'));
  expect([...answers.ok].filter((id) => !marks.has(id))).toEqual([]);
  expect([...answers.refused].filter((id) => marks.has(id))).toEqual([]);
  expect((await straight.get('things/counter'))?.data).toEqual({ n: marks.size });
  expect(answers.ok.size).toBeGreaterThan(10);
  expect(answers.ok.size + answers.refused.size + answers.unknown).toBe(60);
});

test('a watcher hears after an outage what was written during it', async () => {
  const heard: unknown[] = [];
  const stop = through.watch('things/watched', ({ snapshot }) => heard.push(snapshot?.data.n));
  const write = (n: number) => straight.commit([{ kind: 'set', path: 'things/watched', data: { n } }]);
  await expect.poll(() => write(1).then(() => heard.at(-1)), { timeout: 20_000 }).toBe(1);
  proxy.setOutage(true);
  await write(2);
  proxy.setOutage(false);
  await expect.poll(() => heard.at(-1), { timeout: 60_000 }).toBe(2);
  stop();
});

test('in an outage reads and commits end as StoreUnavailable, and the store goes on afterwards', async () => {
  proxy.setOutage(true);
  await expect(through.commit([{ kind: 'set', path: 'things/a', data: {} }])).rejects.toThrow(StoreUnavailable);
  const reading = through.get('things/a');
  proxy.setOutage(false);
  expect(await reading).toBeNull();
  await through.close();
  await expect(through.get('things/a')).rejects.toThrow(StoreUnavailable);
});

/**
 * Wide executions on Firestore with several workers at it: they finish, and no document is a hot spot. Firestore wants no document written
 * more than about once a second for long.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FirestoreEmulator, startFirestoreEmulator } from '../../../../infra/emulators/firestore-emulator.ts';
import { createFirestoreStore, type FirestoreStore } from '../../adapters/gcp/firestore-store.ts';
import { shippedIndexFile } from '../../adapters/gcp/shipped-index-file.ts';
import { type Body, edges, effect, type Ran, run, start } from '../run-definition.ts';
import { type CountingStores, createCountingStores, hotDocuments, mostWritten } from './counting-store.ts';
import { startWorkerFleet } from './worker-fleet.ts';

const mostWrites = 20;
const projectId = 'demo-fan-out';

let emulator: FirestoreEmulator;
let stores: CountingStores;
const opened: FirestoreStore[] = [];

beforeAll(async () => {
  emulator = await startFirestoreEmulator();
});
afterAll(async () => {
  await Promise.all(opened.map((store) => store.close()));
  await emulator?.stop();
});
beforeEach(async () => {
  await emulator.wipe(projectId);
  stores = createCountingStores(() => performance.now());
});

function openStore(): FirestoreStore {
  const store = createFirestoreStore({
    projectId,
    databaseId: '(default)',
    indexes: shippedIndexFile(),
    emulatorHost: emulator.host,
  });
  opened.push(store);
  return store;
}

type Wide = { readonly ran: Ran; readonly attempts: number; readonly failures: readonly string[] };

async function runWide(body: Body, input: Parameters<typeof run>[2]): Promise<Wide> {
  const fleet = await startWorkerFleet({ workers: 4, places: 32, openStore, stores });
  const ran = await run(fleet.front, body, input);
  await fleet.idle();
  return { ran, attempts: fleet.attempts(), failures: fleet.failures };
}

function expectNoHotSpot(failures: readonly string[]): void {
  expect(failures).toEqual([]);
  expect(stores.errors).toEqual([]);
  expect(hotDocuments(stores)).toEqual([]);
  const { path, count } = mostWritten(stores);
  expect(count, path).toBeLessThanOrEqual(mostWrites);
}

describe('no document is a hot spot', () => {
  it('of a fork of 300 branches that meet again', async () => {
    const ways = Array.from({ length: 300 }, (_, at) => `w${at}`);
    const nodes = [
      start,
      ...ways.map((id) => effect(id)),
      { id: 'meet', type: 'flow.merge', params: { mode: 'all' as const } },
      effect('last'),
    ];
    const { ran, attempts, failures } = await runWide(
      { nodes, edges: edges(...ways.flatMap((id) => [`go>${id}`, `${id}>meet`]), 'meet>last') },
      {},
    );
    expect(await ran.end()).toMatchObject({ status: 'succeeded' });
    expect(attempts).toBe(301);
    expectNoHotSpot(failures);
  });

  it.each([
    ['that take effect', effect('item', '{{ item }}', { parent: 'each' })],
    ['that only compute', { id: 'item', type: 'data.set', params: { values: { of: '{{ item }}' } }, parent: 'each' }],
  ])('of a for-each of 10,000 items %s', async (_kind, item) => {
    const list = Array.from({ length: 10_000 }, (_, n) => n);
    const each = { id: 'each', type: 'flow.for-each', params: { items: '{{ input.list }}', concurrency: 100 } };
    const { ran, attempts, failures } = await runWide(
      { nodes: [start, each, item, effect('last')], edges: edges('go>each', 'each>last') },
      { list },
    );
    expect(await ran.end()).toMatchObject({ status: 'succeeded' });
    expect(attempts).toBe(item.type === 'data.set' ? 1 : 10_001);
    expectNoHotSpot(failures);
  });
});

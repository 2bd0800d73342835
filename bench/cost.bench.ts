/**
 * What a step costs in the cloud: operations as the engine meters them over the Firestore adapter and its emulator, instance time as it is
 * measured here (starts and workers apart, as two functions), list prices of the named region and of a multi-region beside it. Free tiers are
 * not deducted; a month of storage and the deletes that end it are in it.
 */
import { namedRegion, priceTable } from '@automateos/shared/cost/price-table';
import { type Kept, type PriceOptions, priceUsage, totalNanoUsd } from '@automateos/shared/cost/price-usage';
import { addUsage, type Counts, newCounts, sumUsage } from '@automateos/shared/cost/usage-counts';
import { Branch } from '@automateos/shared/model/branch';
import type { DefinitionInput } from '@automateos/shared/model/definition';
import type { JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import { createSystemClock } from '../functions/src/adapters/embedded/system-clock.ts';
import { createFairShareMeter } from '../functions/src/adapters/fair-share-meter.ts';
import { createFirestoreStore } from '../functions/src/adapters/gcp/firestore-store.ts';
import { shippedIndexFile } from '../functions/src/adapters/gcp/shipped-index-file.ts';
import { pricingAt } from '../functions/src/app/cost/pricing.ts';
import { startExecution } from '../functions/src/app/engine/start-execution.ts';
import { waitForExecution } from '../functions/src/app/engine/wait-for-execution.ts';
import { deploy, edges, effect, type Node, start } from '../functions/src/testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../functions/src/testing/test-app.ts';
import { startFirestoreEmulator } from '../infra/emulators/firestore-emulator.ts';
import { type Measure, measure } from './result.ts';

const multiRegion = 'nam5';

type Shape = {
  readonly name: string;
  readonly definition: Omit<DefinitionInput, 'name'>;
  readonly input?: JsonValue;
  readonly steps: number;
  readonly runs: number;
  /** Executions under way at a time; 1 is a system in which nothing else happens. */
  readonly atOnce: number;
  readonly dollars?: number;
  readonly writes?: number;
  readonly reads?: number;
};

function chain(length: number, node: (index: number) => Node): Omit<DefinitionInput, 'name'> {
  const nodes = Array.from({ length }, (_, index) => node(index));
  return { nodes: [start, ...nodes], edges: edges(...nodes.map((each, at) => `${nodes[at - 1]?.id ?? 'go'}>${each.id}`)) };
}

const effects = (length: number) => chain(length, (index) => effect(`s${index}`));
const pure = (length: number) =>
  chain(length, (index) => ({
    id: `s${index}`,
    type: 'data.set',
    params: { values: { n: index === 0 ? 1 : `{{ steps.s${index - 1}.output.n + 1 }}` } },
  }));

const list = Array.from({ length: 200 }, (_, index) => index);

const shapes: readonly Shape[] = [
  { name: '10 effects', definition: effects(10), steps: 10, runs: 160, atOnce: 32, dollars: 2, writes: 1.4, reads: 0.3 },
  { name: '10 effects, one execution at a time', definition: effects(10), steps: 10, runs: 15, atOnce: 1 },
  { name: '100 effects', definition: effects(100), steps: 100, runs: 32, atOnce: 32, dollars: 2 },
  { name: '10 pure steps', definition: pure(10), steps: 10, runs: 160, atOnce: 32, dollars: 0.6 },
  { name: '100 pure steps', definition: pure(100), steps: 100, runs: 64, atOnce: 32, dollars: 0.6 },
  {
    name: 'effect, fork of 3, join, effect',
    definition: {
      nodes: [start, effect('a'), effect('b'), effect('c'), effect('d'), { id: 'm', type: 'flow.merge' }, effect('z')],
      edges: edges('go>a', 'a>b', 'a>c', 'a>d', 'b>m', 'c>m', 'd>m', 'm>z'),
    },
    steps: 5,
    runs: 64,
    atOnce: 16,
  },
  {
    name: 'for-each of 200 effects',
    definition: {
      nodes: [
        start,
        { id: 'each', type: 'flow.for-each', params: { items: '{{ input.list }}', concurrency: 4 } },
        effect('body', '{{ item }}', { parent: 'each' }),
      ],
      edges: edges('go>each'),
    },
    input: { list },
    steps: 200,
    runs: 8,
    atOnce: 4,
    dollars: 2,
  },
];

export async function benchCost(): Promise<readonly Measure[]> {
  const emulator = await startFirestoreEmulator();
  const measures: Measure[] = [];
  try {
    for (const [index, shape] of shapes.entries()) {
      const store = createFirestoreStore({
        projectId: `demo-cost-${index}`,
        databaseId: '(default)',
        indexes: shippedIndexFile(),
        emulatorHost: emulator.host,
      });
      measures.push(...(await priced(shape, await compose(store))));
      await store.close();
    }
  } finally {
    await emulator.stop();
  }
  return measures;
}

type Cloud = { readonly worker: TestApp; readonly api: TestApp };

/** Two functions in one process: what starts executions, and what runs them, each with instance time of its own. */
async function compose(store: TestApp['store']): Promise<Cloud> {
  const size = { vcpus: 1, memoryMib: 512, now: () => performance.now() };
  const worker = await createTestApp({
    store,
    clock: createSystemClock(),
    workers: { enter: () => null, busy: () => 0 },
    compute: createFairShareMeter(size),
    // a mark of spend is one write in some six hundred executions: left out, so that a figure does not depend on that luck
    pricing: { ...pricingAt(namedRegion, 'billed'), recordsSpend: false },
  });
  return { worker, api: { ...worker, compute: createFairShareMeter(size) } };
}

async function priced(shape: Shape, cloud: Cloud): Promise<readonly Measure[]> {
  const { api, worker } = cloud;
  const { workflowId } = await deploy(api, { ...shape.definition, name: shape.name });
  const once = async (): Promise<string> => {
    const { executionId } = await startExecution(api, owner, {
      workflowId,
      input: shape.input ?? {},
      trigger: { kind: 'manual' },
    });
    const { status } = await waitForExecution(worker, owner.org, executionId, { timeoutMs: 60_000, until: 'finished' });
    if (status !== 'succeeded') throw new Error(`${shape.name} ended as ${status}`);
    return executionId;
  };
  await together(shape.atOnce, Math.ceil(shape.runs / 4), once);
  const used = newCounts();
  let documentBytes = 0;
  for (const id of await together(shape.atOnce, shape.runs, once)) {
    const rows = await worker.store.query({ collection: paths.branches(owner.org, id) });
    addUsage(used, sumUsage(rows.map(({ data }) => Branch.parse(data).usage)));
    // as price-execution.ts has it: text, names and index entries
    documentBytes += 3_000 + rows.reduce((sum, { data }) => sum + JSON.stringify(data).length + 300, 0);
  }
  return tell(shape, used, { documentBytes, months: 1 });
}

async function together<T>(atOnce: number, runs: number, work: () => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  let left = runs;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      results.push(await work());
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, runs) }, lane));
  return results;
}

function tell(shape: Shape, used: Counts, kept: Kept): readonly Measure[] {
  const steps = shape.steps * shape.runs;
  // nano-dollars a step are thousandths of dollars a million steps
  const dollars = (options: PriceOptions, counts: Counts = used, stored: Kept = kept): number =>
    totalNanoUsd(priceUsage(counts, stored, options)) / steps / 1e3;
  const region = { table: priceTable, location: namedRegion };
  const compute = { ...newCounts(), c: used.c, m: used.m };
  const storage = { ...newCounts(), n: used.n };
  const limit = (atMost: number | undefined) => (atMost === undefined ? {} : { atMost });
  return [
    measure(`${shape.name}: a million steps, ${namedRegion}`, dollars(region), 'USD', limit(shape.dollars)),
    measure(`${shape.name}: of that, instance time`, dollars(region, compute, { documentBytes: 0, months: 0 }), 'USD'),
    measure(`${shape.name}: of that, storage and its end`, dollars(region, storage), 'USD'),
    measure(`${shape.name}: the same in ${multiRegion}`, dollars({ ...region, location: multiRegion }), 'USD'),
    measure(`${shape.name}: document writes`, used.w / steps, 'a step', limit(shape.writes)),
    measure(`${shape.name}: document reads`, used.r / steps, 'a step', limit(shape.reads)),
    measure(`${shape.name}: messages`, used.p / shape.runs, 'a run'),
  ];
}

import type { JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import { StepError } from '@automateos/shared/model/step-error';
import type { StepContext, StepResult } from '@automateos/shared/ports/node-runtime';
import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { describe, expect, test } from 'vitest';
import { forkExecution } from '../../app/engine/fork-execution.ts';
import { startExecution } from '../../app/engine/start-execution.ts';
import { settled } from '../../testing/fake-clock.ts';
import { type Measured, measureDocuments } from '../../testing/measure-documents.ts';
import { deploy, type Edge, edges, effect, lookAt, type Node, start } from '../../testing/run-definition.ts';
import { createTestApp, owner } from '../../testing/test-app.ts';
import { shippedIndexFile } from './shipped-index-file.ts';

const indexes = shippedIndexFile();
/** Firestore's limit is 1 MiB: a document near it would have no room for what a later release adds. */
const boundBytes = 640 * 1024;
const most = (of: readonly Measured[], what: keyof Measured): number => Math.max(...of.map((one) => one[what]));

type Behave = (context: StepContext) => StepResult;
type Shape = { readonly nodes: Node[]; readonly edges: Edge[] };

/** Runs it to its end; what is measured begins with the execution. */
async function measuredRun(shape: Shape, options: { readonly input?: JsonValue; readonly behave?: Behave } = {}) {
  const store = createFakeDocumentStore();
  const app = await createTestApp({ store });
  if (options.behave) app.effects.behave = options.behave;
  const { workflowId, plan } = await deploy(app, shape);
  const measure = measureDocuments(store, indexes);
  const trigger = { kind: 'manual' } as const;
  const { executionId } = await startExecution(app, owner, { workflowId, input: options.input ?? {}, trigger });
  const look = lookAt(app, executionId, plan);
  let end = await look.end();
  for (let turn = 0; turn < 2_000 && end.status === 'running'; turn += 1) {
    for (let rest = 0; rest < 5; rest += 1) await settled();
    await app.fakeClock.advance(1_000);
    end = await look.end();
  }
  const documents = () => [...measure.documents.values()];
  return { app, executionId, measure, documents, end };
}

const chain = (nodes: readonly Node[]): Shape => ({
  nodes: [start, ...nodes],
  edges: edges(...nodes.map(({ id }, at) => `${nodes[at - 1]?.id ?? 'go'}>${id}`)),
});
const text = (length: number): string => 'x'.repeat(length);
const many = (count: number, make: (at: number) => Node): Node[] => Array.from({ length: count }, (_, at) => make(at));
const each = (more: object = {}): Shape => ({
  nodes: [
    start,
    { id: 'each', type: 'flow.for-each', params: { items: '{{ input.list }}', ...more } },
    effect('body', 1, { parent: 'each' }),
    effect('after'),
  ],
  edges: edges('go>each', 'each>after'),
});

describe('no document gets more than 20 writes', () => {
  test('a fork and join of 300', async () => {
    const ways = many(300, (at) => effect(`way${at}`));
    const pairs = ways.flatMap(({ id }) => [`go>${id}`, `${id}>join`]);
    const nodes = [start, ...ways, { id: 'join', type: 'flow.merge' }, effect('after')];
    const { documents, end } = await measuredRun({ nodes, edges: edges(...pairs, 'join>after') });
    expect(end.status).toBe('succeeded');
    expect(most(documents(), 'writes')).toBeLessThanOrEqual(20);
    expect(most(documents(), 'bytes')).toBeLessThan(100 * 1024);
  });

  test.each([1, 10, 100])('a for-each of 10,000, %d at a time', async (concurrency) => {
    const list = Array.from({ length: 10_000 }, (_, at) => at);
    const { documents, end } = await measuredRun(each({ concurrency }), { input: { list } });
    expect(end.status).toBe('succeeded');
    expect(most(documents(), 'writes')).toBeLessThanOrEqual(20);
    expect(most(documents(), 'bytes')).toBeLessThan(100 * 1024);
  });
});

describe('no document comes near 1 MiB', () => {
  const large = text(31_000);

  test.each([
    ['effects with large outputs', many(60, (at) => effect(`e${at}`)), () => ({ output: large })],
    ['effects with large params and outputs', many(60, (at) => effect(`e${at}`, '{{ input.large }}')), undefined],
    [
      'steps that only compute large values, between no commits',
      many(60, (at) => ({ id: `p${at}`, type: 'data.set', params: { values: { large: '{{ input.large }}' } } })),
      undefined,
    ],
    [
      'steps that print a lot',
      many(60, (at) => effect(`e${at}`)),
      ({ log }: StepContext) => {
        for (let line = 0; line < 20_000; line += 1) log('info', line % 2 === 0 ? '' : large);
        return { output: 1 };
      },
    ],
    [
      'steps that fail with much to say',
      many(30, (at) => effect(`e${at}`, 1, { onError: 'continue', retry: { maxAttempts: 3, initialMs: 1 } })),
      () => {
        throw new StepError({ code: 'LARGE', message: text(2_000_000), details: { body: text(2_000_000) } });
      },
    ],
  ] satisfies [string, Node[], Behave | undefined][])('%s', async (_, nodes, behave) => {
    const { documents, end } = await measuredRun(chain(nodes), { input: { large }, ...(behave ? { behave } : {}) });
    expect(end.status).toBe('succeeded');
    expect(most(documents(), 'bytes')).toBeLessThan(boundBytes);
  });

  test('a for-each over large items with large results', async () => {
    const list = Array.from({ length: 400 }, () => text(600));
    const { documents, end } = await measuredRun(each({ concurrency: 3 }), {
      input: { list },
      behave: () => ({ output: large }),
    });
    expect(end.status).toBe('succeeded');
    expect(most(documents(), 'bytes')).toBeLessThan(boundBytes);
  });

  test('a failure of the execution itself', async () => {
    const behave = () => {
      throw new StepError({ code: 'LARGE', message: text(2_000_000), details: { body: text(2_000_000) }, retryable: false });
    };
    const { documents, end } = await measuredRun(chain([effect('a')]), { behave });
    expect([end.status, end.error?.code]).toEqual(['failed', 'LARGE']);
    expect(most(documents(), 'bytes')).toBeLessThan(boundBytes);
  });

  test('a fork of an execution whose many steps have large outputs, and its commit is below 10 MiB', async () => {
    const nodes = [...many(380, (at) => effect(`e${at}`)), effect('last')];
    const { app, executionId, measure, documents } = await measuredRun(chain(nodes), { behave: () => ({ output: large }) });
    const forked = await forkExecution(app, owner, { executionId, nodeId: 'last' });
    await settled();
    expect(most(documents(), 'bytes')).toBeLessThan(boundBytes);
    expect(measure.largestCommit().bytes).toBeLessThan(8 * 1024 * 1024);
    const seeds = [...measure.documents.keys()].filter((path) => path.startsWith(paths.execution(owner.org, forked.executionId)));
    expect(seeds.some((path) => path.includes('/seeds/'))).toBe(true);
  });
});

test('no path is sequential under a parent that many share', () => {
  // Numbered documents are those of one workflow (its versions, made by hand) and of one execution (its seeds, made in one commit): each
  // parent has a random id, so that the next number is written elsewhere than the last one.
  const numbered = Object.entries(paths).filter(
    ([, path]) => typeof path === 'function' && /\b(version|index)\b/.test(String(path)),
  );
  expect(numbered.map(([name]) => name).sort()).toEqual(['seed', 'version']);
});

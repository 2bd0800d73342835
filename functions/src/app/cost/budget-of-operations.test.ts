import { sumUsage, toUsage } from '@automateos/shared/cost/usage-counts';
import { Branch } from '@automateos/shared/model/branch';
import { paths } from '@automateos/shared/model/paths';
import type { Usage } from '@automateos/shared/model/usage';
import { StoreUnavailable } from '@automateos/shared/ports/document-store';
import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { describe, expect, it } from 'vitest';
import { createCloudLikeApp, type Operations } from '../../testing/cloud-like-app.ts';
import { settled } from '../../testing/fake-clock.ts';
import { deploy, type Edge, edges, effect, type Node, start } from '../../testing/run-definition.ts';
import { owner, type TestApp } from '../../testing/test-app.ts';
import { startExecution } from '../engine/start-execution.ts';
import { receiveWebhook } from '../webhooks/receive-webhook.ts';

type Body = { readonly nodes: Node[]; readonly edges: Edge[] };
type Counted = { readonly used: Operations; readonly metered: Usage; readonly status: unknown };

/** One execution of it after another that has filled the caches: what the store and the queue saw, and what its branches say. */
async function count(body: Body, input: object = {}): Promise<Counted> {
  const { app, operations } = await createCloudLikeApp();
  const { workflowId } = await deploy(app, body);
  const once = () => startExecution(app, owner, { workflowId, input: input as never, trigger: { kind: 'manual' } });
  await once();
  await settled();
  const before = operations();
  const { executionId } = await once();
  await settled();
  const after = operations();
  const execution = await app.store.get(paths.execution(owner.org, executionId));
  return {
    used: {
      writes: after.writes - before.writes,
      reads: after.reads - before.reads,
      deletes: after.deletes - before.deletes,
      publishes: after.publishes - before.publishes,
    },
    metered: await meteredOf(app, executionId),
    status: execution?.data.status,
  };
}

async function meteredOf(app: TestApp, executionId: string): Promise<Usage> {
  const branches = await app.store.query({ collection: paths.branches(owner.org, executionId) });
  return toUsage(sumUsage(branches.map(({ data }) => Branch.parse(data).usage)));
}

function chain(nodes: readonly Node[]): Body {
  return { nodes: [start, ...nodes], edges: edges(...nodes.map((node, index) => `${nodes[index - 1]?.id ?? 'go'}>${node.id}`)) };
}

const effects = (length: number) => Array.from({ length }, (_, index) => effect(`e${index}`));
const pure = (length: number): Node[] =>
  Array.from({ length }, (_, index) => ({ id: `p${index}`, type: 'data.set', params: { values: { index } } }));

function expectMetered({ used, metered }: Counted): void {
  expect({ w: metered.w ?? 0, r: metered.r ?? 0, d: metered.d ?? 0, p: metered.p ?? 0 }).toEqual({
    w: used.writes,
    r: used.reads,
    d: used.deletes,
    p: used.publishes,
  });
}

describe('operations of an execution as the cloud runs it', () => {
  it('a chain of 10 effects writes at most 1.4 and reads at most 0.3 documents a step, and publishes at its start only', async () => {
    const counted = await count(chain(effects(10)));
    expect(counted.status).toBe('succeeded');
    expect(counted.used).toEqual({ writes: 14, reads: 3, deletes: 0, publishes: 1 });
    expectMetered(counted);
    expect(counted.metered.i).toBe(2);
  });

  it('a chain of 100 effects stays below 1.1 writes and 0.05 reads a step', async () => {
    const counted = await count(chain(effects(100)));
    expect(counted.used).toMatchObject({ reads: 3, publishes: 1 });
    expect(counted.used.writes).toBeLessThanOrEqual(110);
    expectMetered(counted);
  });

  it('what only computes is over with the commit that creates it: no message, no worker', async () => {
    const counted = await count(chain(pure(10)));
    expect(counted.status).toBe('succeeded');
    expect(counted.used).toEqual({ writes: 2, reads: 1, deletes: 0, publishes: 0 });
    expectMetered(counted);
    expect(counted.metered.i).toBe(1);
  });

  it('pure steps before, between and after effects write nothing of their own', async () => {
    const [p0, p1, p2 = start, p3 = start] = pure(4);
    const counted = await count(chain([p0 ?? start, effect('a'), p1 ?? start, p2, effect('b'), p3]));
    expect(counted.used).toEqual({ writes: 6, reads: 3, deletes: 0, publishes: 1 });
    expectMetered(counted);
  });

  it('a fork at the start is announced whole: whoever starts it keeps no branch', async () => {
    const counted = await count({ nodes: [start, effect('a'), effect('b')], edges: edges('go>a', 'go>b') });
    expect(counted.status).toBe('succeeded');
    expect(counted.used.publishes).toBe(2);
    expectMetered(counted);
  });

  it('a fork publishes all its branches but the one that its worker keeps, and nothing is counted twice or lost at the join', async () => {
    const counted = await count({
      nodes: [start, effect('a'), effect('b'), effect('c'), effect('d'), { id: 'm', type: 'flow.merge' }, effect('z')],
      edges: edges('go>a', 'a>b', 'a>c', 'a>d', 'b>m', 'c>m', 'd>m', 'm>z'),
    });
    expect(counted.status).toBe('succeeded');
    expect(counted.used.publishes).toBe(1 + 2);
    expectMetered(counted);
  });

  it('a for-each is metered to the last write', async () => {
    const each = { id: 'each', type: 'flow.for-each', params: { items: '{{ input.list }}', concurrency: 4 } };
    const counted = await count(
      { nodes: [start, each, effect('body', '{{ item }}', { parent: 'each' }), effect('z')], edges: edges('go>each', 'each>z') },
      { list: Array.from({ length: 400 }, (_, index) => index) },
    );
    expect(counted.status).toBe('succeeded');
    expectMetered(counted);
    expect(counted.used.writes / 401).toBeLessThan(1.15);
    expect(counted.used.reads / 401).toBeLessThan(0.3);
  });

  it('a webhook reads no more than any other start', async () => {
    const { app, operations } = await createCloudLikeApp();
    const hook: Node = { id: 'hook', type: 'trigger.webhook', params: { method: 'POST' } };
    const nodes = effects(10);
    const pairs = nodes.map((node, index) => `${nodes[index - 1]?.id ?? 'hook'}>${node.id}`);
    const { workflowId } = await deploy(app, { nodes: [hook, ...nodes], edges: edges(...pairs) });
    const body = new TextEncoder().encode('{}');
    const headers = { 'content-type': 'application/json' };
    const receive = () => receiveWebhook(app, { workflowId, path: '', method: 'POST', query: '', headers, body, test: false });
    await receive();
    await settled();
    const before = operations();
    expect((await receive()).status).toBe(202);
    await settled();
    expect(operations().writes - before.writes).toBe(14);
    expect(operations().reads - before.reads).toBe(3);
  });

  it('a failure is metered with its stop', async () => {
    const counted = await count({
      nodes: [start, effect('a'), { id: 'q', type: 'flow.fail', params: { message: 'no' } }],
      edges: edges('go>a', 'a>q'),
    });
    expect(counted.status).toBe('failed');
    expectMetered(counted);
  });

  it('a timer costs one task, and the worker that it wakes a delivery', async () => {
    const { app } = await createCloudLikeApp();
    const wait: Node = { id: 'wait', type: 'flow.wait', params: { durationMs: 60_000 } };
    const { workflowId } = await deploy(app, chain([effect('a'), wait, effect('b')]));
    const { executionId } = await startExecution(app, owner, { workflowId, input: {}, trigger: { kind: 'manual' } });
    await app.fakeClock.advance(61_000);
    expect(await meteredOf(app, executionId)).toMatchObject({ t: 1, p: 1, i: 3, r: 5 });
  });

  it('a journal that rolls over and a branch that was taken over count each commit once', async () => {
    const store = createFakeDocumentStore();
    let lost = 0;
    // every 7th commit lands, and its answer is lost: the worker finds out what it stored by looking
    const commit: typeof store.commit = async (writes) => {
      const result = await store.commit(writes);
      lost += 1;
      if (lost % 7 === 0) throw new StoreUnavailable('the answer is lost');
      return result;
    };
    const { app } = await createCloudLikeApp({ store: { ...store, commit } });
    const { workflowId } = await deploy(app, chain(effects(100)));
    const before = store.stats().writes;
    lost = 0;
    const { executionId } = await startExecution(app, owner, { workflowId, input: {}, trigger: { kind: 'manual' } });
    for (let turn = 0; turn < 20; turn += 1) await settled();
    expect((await meteredOf(app, executionId)).w).toBe(store.stats().writes - before);
  });
});

import { sumUsage, toUsage } from '@automateos/shared/cost/usage-counts';
import { Branch } from '@automateos/shared/model/branch';
import { paths } from '@automateos/shared/model/paths';
import type { Usage } from '@automateos/shared/model/usage';
import { describe, expect, it } from 'vitest';
import { createApiFixture } from '../../testing/api-fixture.ts';
import { createCloudLikeApp } from '../../testing/cloud-like-app.ts';
import { settled } from '../../testing/fake-clock.ts';
import { deploy, type Edge, edges, effect, type Node, start } from '../../testing/run-definition.ts';
import { owner } from '../../testing/test-app.ts';
import { startExecution } from '../engine/start-execution.ts';
import { readExecutionView } from '../executions/read-execution-view.ts';
import { estimateRun } from './estimate-run.ts';

type Body = { readonly nodes: Node[]; readonly edges: Edge[] };

function chain(nodes: readonly Node[]): Body {
  return { nodes: [start, ...nodes], edges: edges(...nodes.map((node, at) => `${nodes[at - 1]?.id ?? 'go'}>${node.id}`)) };
}

const effects = (count: number) => Array.from({ length: count }, (_, index) => effect(`e${index}`));
const set = (id: string, value = '1'): Node => ({ id, type: 'data.set', params: { values: { value } } });
const body = (id: string): Node => effect(id, '{{ item }}', { parent: 'each' });
const each = (more: object = {}): Node => ({ id: 'each', type: 'flow.for-each', params: { items: '{{ input.list }}', ...more } });

const shapes: Readonly<Record<string, Body & { input?: object; waitMs?: number }>> = {
  'a chain': chain(effects(10)),
  'a chain whose journal rolls over': chain(effects(130)),
  'pure steps only': chain([set('a'), set('b', '{{ steps.a.output.value }}')]),
  'pure steps around effects': chain([set('a'), effect('b', '{{ steps.a.output.value }}'), set('c'), effect('d'), set('f')]),
  'a fork and a join': {
    nodes: [start, effect('a'), effect('b'), effect('c'), effect('d'), { id: 'm', type: 'flow.merge' }, effect('z')],
    edges: edges('go>a', 'a>b', 'a>c', 'a>d', 'b>m', 'c>m', 'd>m', 'm>z'),
  },
  'a fork that never meets again': { nodes: [start, effect('a'), effect('b')], edges: edges('go>a', 'go>b') },
  'an if whose sides meet': {
    nodes: [
      start,
      { id: 'q', type: 'flow.if', params: { condition: true } },
      effect('a'),
      effect('b'),
      { id: 'm', type: 'flow.merge' },
    ],
    edges: edges('go>q', 'q.true>a', 'q.false>b', 'a>m', 'b>m'),
  },
  'a for-each in packs': {
    ...{ nodes: [start, each(), body('x'), effect('z')], edges: edges('go>each', 'each>z') },
    input: list(100),
  },
  'a for-each of pure steps': {
    nodes: [start, each({ concurrency: 3 }), { ...set('x', '{{ item }}'), parent: 'each' }, effect('z')],
    edges: edges('go>each', 'each>z'),
    input: list(200),
  },
  'a for-each over nothing': {
    nodes: [start, each(), body('x'), effect('z')],
    edges: edges('go>each', 'each>z'),
    input: list(0),
  },
  'a while': {
    nodes: [
      start,
      { id: 'loop', type: 'flow.while', params: { condition: '{{ index < 10 }}' } },
      effect('x', 'x', { parent: 'loop' }),
      effect('z'),
    ],
    edges: edges('go>loop', 'loop>z'),
  },
  'a wait': {
    ...chain([effect('a'), { id: 'w', type: 'flow.wait', params: { durationMs: 60_000 } }, effect('b')]),
    waitMs: 61_000,
  },
};

function list(length: number): object {
  return { list: Array.from({ length }, (_, index) => index) };
}

describe('an estimate by the plan', () => {
  for (const [name, { input = {}, waitMs, ...definition }] of Object.entries(shapes)) {
    it(`is what a run then meters: ${name}`, async () => {
      const { app } = await createCloudLikeApp({}, 1);
      const { workflowId } = await deploy(app, definition);
      const estimate = await estimateRun(app, owner, { workflowId, input });
      const { executionId } = await startExecution(app, owner, {
        workflowId,
        input: input as never,
        trigger: { kind: 'manual' },
      });
      if (waitMs) await app.fakeClock.advance(waitMs);
      for (let turn = 0; turn < 5; turn += 1) await settled();
      const { items } = estimate.plan;
      const estimated = {
        w: items.documentWrites?.quantity ?? 0,
        r: items.documentReads?.quantity ?? 0,
        n: items.documentDeletes?.quantity ?? 0,
        p: items.publishes?.quantity ?? 0,
        t: items.tasks?.quantity ?? 0,
        i: items.invocations?.quantity ?? 0,
      };
      expect(estimated).toEqual(await metered(app, executionId));
      const view = await readExecutionView(app, owner, executionId);
      expect(view.status).toBe('succeeded');
      // what is assumed of instance time and of bytes is all that is left between them
      const free = (cost: typeof estimate.plan) =>
        cost.microUsd -
        ['vcpuMs', 'memoryMibMs', 'documentBytes'].reduce((sum, item) => sum + (cost.items[item as 'vcpuMs']?.microUsd ?? 0), 0);
      expect(Math.abs(free(estimate.plan) - free(view.cost))).toBeLessThanOrEqual(3);
    });
  }

  async function metered(
    app: Awaited<ReturnType<typeof createCloudLikeApp>>['app'],
    executionId: string,
  ): Promise<Required<Usage>> {
    const branches = await app.store.query({ collection: paths.branches(owner.org, executionId) });
    const { w = 0, r = 0, n = 0, p = 0, t = 0, i = 0 } = toUsage(sumUsage(branches.map(({ data }) => Branch.parse(data).usage)));
    return { w, r, n, p, t, i } as Required<Usage>; // those that the estimate tells
  }
});

it('an estimate leaves out what branches lose that meet at a join: reads, and nothing else', async () => {
  const { app } = await createCloudLikeApp();
  const { nodes, edges } = shapes['a fork and a join'] ?? chain([]);
  const { workflowId } = await deploy(app, { nodes, edges });
  const { plan } = await estimateRun(app, owner, { workflowId });
  const { executionId } = await startExecution(app, owner, { workflowId, input: {}, trigger: { kind: 'manual' } });
  await settled();
  const { cost } = await readExecutionView(app, owner, executionId);
  expect(cost.items.documentWrites?.quantity).toBe(plan.items.documentWrites?.quantity);
  const [read = 0, foreseen = 0] = [cost, plan].map(({ items }) => items.documentReads?.quantity);
  expect(read).toBeGreaterThanOrEqual(foreseen);
  expect(read).toBeLessThanOrEqual(foreseen + 3 * 2);
});

describe('POST /v1/workflows/{id}/estimate', () => {
  async function created() {
    const api = await createApiFixture();
    const definition = { name: 'loop', nodes: [start, each(), body('x')], edges: [{ from: 'go', to: 'each' }] };
    const id = String((await api.call('POST', '/v1/workflows', definition)).body.id);
    return { api, id, path: `/v1/workflows/${id}/estimate` };
  }

  it('says what was assumed, takes what is known from the input, and prices a month', async () => {
    const { api, path } = await created();
    const unknown = await api.call('POST', path, { runsPerMonth: 1_000 });
    expect(unknown.body).toMatchObject({ basis: 'plan', executions: 0, perMonth: { runs: 1_000 } });
    expect(unknown.body.assumptions).toContain('each goes through 10 items');
    const known = await api.call('POST', path, { input: { list: [1, 2, 3] } });
    expect(known.body.assumptions).toContain('each goes through 3 items, as the input says');
    const cost = (answer: typeof known) =>
      (answer.body as { perRun?: { microUsd?: { p50?: number } } }).perRun?.microUsd?.p50 ?? 0;
    expect(cost(known)).toBeLessThan(cost(unknown));
    expect(cost(await api.call('POST', path, { assume: { items: 1_000 } }))).toBeGreaterThan(10 * cost(unknown));
    expect((await api.call('POST', path)).status).toBe(200);
  });

  it('goes by history once enough executions of the version have ended', async () => {
    const { api, id, path } = await created();
    for (const length of [1, 1, 1, 1, 1, 1, 40]) {
      await api.call('POST', `/v1/workflows/${id}/executions`, { input: list(length) });
      await settled();
    }
    const { body: told } = await api.call('POST', path, { runsPerMonth: 10 });
    const { microUsd } = (told as { perRun?: { microUsd?: { p50?: number; p99?: number } } }).perRun ?? {};
    expect(told).toMatchObject({ basis: 'history', executions: 7 });
    expect(microUsd?.p99 ?? 0).toBeGreaterThan(2 * (microUsd?.p50 ?? 0));
  });

  it('of what is too long to walk is refused, and of what is not there, not found', async () => {
    const { api, path } = await created();
    expect((await api.call('POST', path, { assume: { items: 100_000 } })).status).toBe(422);
    expect((await api.call('POST', path, { version: 9 })).status).toBe(404);
    expect((await api.call('POST', '/v1/workflows/wf_none/estimate')).status).toBe(404);
    expect((await api.call('POST', path, { wrong: 1 })).status).toBe(422);
  });
});

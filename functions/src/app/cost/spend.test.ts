import { createHash } from 'node:crypto';
import { costOfUsage } from '@automateos/shared/cost/cost-rates';
import { namedRegion } from '@automateos/shared/cost/price-table';
import { nothingKept, priceUsage, totalNanoUsd } from '@automateos/shared/cost/price-usage';
import { newCounts, toUsage } from '@automateos/shared/cost/usage-counts';
import type { Branch } from '@automateos/shared/model/branch';
import { StoreUnavailable } from '@automateos/shared/ports/document-store';
import { describe, expect, it } from 'vitest';
import { createApiFixture } from '../../testing/api-fixture.ts';
import { settled } from '../../testing/fake-clock.ts';
import { createTestApp, owner } from '../../testing/test-app.ts';
import { newBranch } from '../engine/branch-document.ts';
import { putBudget } from './budgets.ts';
import { pricingAt } from './pricing.ts';
import { requireBudget } from './require-budget.ts';
import { spendWrites, spentIn } from './spend.ts';

const pricing = pricingAt(namedRegion, 'billed');
const first = { id: '$start', scope: '', first: '$start', at: { scope: '', node: '$start' }, lane: null, steps: [] };

const branchOf = (executionId: string): Branch => newBranch({ org: owner.org, executionId }, first, null, 0);
/** Spread as random ones are, and the same each time: where marks fall depends on nothing else. */
const executionId = (run: number): string => `exe_${createHash('sha256').update(`run ${run}`).digest('hex').slice(0, 24)}`;

describe('spend', () => {
  async function spend(runs: number, unit: 10 | 1_000 | undefined): Promise<{ told: number; spent: number; marks: number }> {
    const app = await createTestApp({ pricing });
    let nanoUsd = 0;
    let marks = 0;
    for (let run = 0; run < runs; run += 1) {
      const branch = branchOf(executionId(run));
      const counts = newCounts();
      for (let commit = 0; commit < 12; commit += 1) {
        counts.w += 1;
        counts.c += 400_000; // 9.6 micro-dollars, so that a test needs few runs
        const after = toUsage(counts);
        const execution = { workflowId: 'wf_one', ...(unit === undefined ? {} : { spendUnit: unit }) };
        const writes = spendWrites(app, { execution, branch, after, room: 100 });
        if (writes.length > 0) await app.store.commit(writes);
        marks += writes.length;
        branch.usage = after;
      }
      nanoUsd += costOfUsage(pricing.rates, branch.usage);
    }
    const told = await spentIn(app, owner.org, 'flow', 'wf_one|2026-03');
    expect(await spentIn(app, owner.org, 'day', '2026-03-01')).toBe(told);
    expect(await spentIn(app, owner.org, 'month', '2026-03')).toBe(told);
    expect(await spentIn(app, owner.org, 'flow', 'wf_other|2026-03')).toBe(0);
    return { told, spent: nanoUsd / 1e3, marks };
  }

  it('is on average what was used, however it was divided into commits', async () => {
    const { told, spent, marks } = await spend(400, 1_000);
    expect(told / spent).toBeGreaterThan(0.85);
    expect(told / spent).toBeLessThan(1.15);
    expect(marks).toBeLessThan(spent / 500);
  });

  it('is known to ten micro-dollars a branch where a small budget watches', async () => {
    const { told, spent } = await spend(10, 10);
    expect(Math.abs(told - spent)).toBeLessThanOrEqual(10 * 10);
  });

  it('costs hardly a document where none does', async () => {
    const { spent, marks } = await spend(100, undefined);
    expect(marks).toBeLessThanOrEqual(spent / 5_000 + 3);
  });

  it('of a large amount is few documents, and no more than the commit has room for', async () => {
    const app = await createTestApp({ pricing });
    const after = { c: 51_500e6 }; // 1.236 dollars of compute
    const commit = { execution: { workflowId: 'wf_one' }, branch: branchOf('exe_x'), after };
    const marks = spendWrites(app, { ...commit, room: 100 });
    await app.store.commit(marks);
    expect(marks.length).toBeLessThan(30);
    expect(Math.abs((await spentIn(app, owner.org, 'month', '2026-03')) - 1_236_000)).toBeLessThanOrEqual(10_000);
    expect(spendWrites(app, { ...commit, room: 7 })).toHaveLength(7);
  });

  it('by rates is the price of the same usage', () => {
    const usage = { w: 14, r: 3, n: 2, p: 1, i: 2, c: 12_345, m: 6_789, k: 1, ba: 2, bg: 1, t: 3 };
    const priced = totalNanoUsd(priceUsage({ ...newCounts(), ...usage }, nothingKept, pricing));
    expect(costOfUsage(pricing.rates, usage)).toBeCloseTo(priced, 6);
  });
});

describe('budgets', () => {
  const definition = (name: string) => ({
    name,
    nodes: [
      { id: 'go', type: 'trigger.manual' },
      { id: 'a', type: 'test.effect', params: { value: 1 } },
    ],
    edges: [{ from: 'go', to: 'a' }],
  });

  async function spent() {
    const api = await createApiFixture({ pricing });
    const workflow = String((await api.call('POST', '/v1/workflows', definition('dear'))).body.id);
    const other = String((await api.call('POST', '/v1/workflows', definition('cheap'))).body.id);
    const start = async (id: string) => {
      const answer = await api.call('POST', `/v1/workflows/${id}/executions`, { input: {} });
      await settled();
      return answer;
    };
    return { api, workflow, other, start };
  }

  it('that stop refuse new starts, name what was spent and how to go on', async () => {
    const { api, workflow, other, start } = await spent();
    const path = `/v1/workflows/${workflow}/budget`;
    await api.call('PUT', path, { monthlyMicroUsd: 1, onExceeded: 'stop' });
    expect((await start(workflow)).status).toBe(202);
    // an execution costs half a mark, so it takes a few; that it takes forty has a chance of one in a million million
    let refused = await start(workflow);
    for (let run = 0; run < 40 && refused.status === 202; run += 1) refused = await start(workflow);
    expect(refused.status).toBe(429);
    expect(refused.body.code).toBe('BUDGET_EXCEEDED');
    expect(String(refused.body.detail)).toContain(`PUT ${path}`);
    expect((await api.call('GET', path)).body).toMatchObject({
      scope: workflow,
      month: '2026-03',
      exceeded: true,
      basis: 'billed',
    });
    expect((await start(other)).status).toBe(202);
    await api.call('PUT', path, { monthlyMicroUsd: 1_000_000, onExceeded: 'stop' });
    expect((await start(workflow)).status).toBe(202);
  });

  it('that warn log once a minute and refuse nothing', async () => {
    const { api, workflow, start } = await spent();
    await api.call('PUT', '/v1/budget', { monthlyMicroUsd: 0, onExceeded: 'warn' });
    for (let run = 0; run < 3; run += 1) expect((await start(workflow)).status).toBe(202);
    const warned = () => api.events.filter(({ event }) => event === 'budget-exceeded').length;
    expect(warned()).toBe(1);
    await api.app.fakeClock.advance(60_001);
    await start(workflow);
    expect(warned()).toBe(2);
  });

  it('of the organization stop every workflow until they are taken away; changes are in the audit log', async () => {
    const { api, workflow, other, start } = await spent();
    await api.call('PUT', '/v1/budget', { monthlyMicroUsd: 0, onExceeded: 'stop' });
    expect([(await start(workflow)).status, (await start(other)).status]).toEqual([429, 429]);
    expect((await api.call('DELETE', '/v1/budget')).status).toBe(204);
    expect((await api.call('DELETE', '/v1/budget')).status).toBe(404);
    expect((await start(other)).status).toBe(202);
    const log = await api.call('GET', '/v1/audit-log');
    expect(log.text).toContain('budget.changed');
    expect(log.text).toContain('budget.deleted');
  });

  it('let what runs go on, its called workflows included', async () => {
    const { api, workflow, start } = await spent();
    const nodes = [
      { id: 'go', type: 'trigger.manual' },
      { id: 'wait', type: 'flow.wait', params: { durationMs: 60_000 } },
      { id: 'call', type: 'flow.call', params: { workflow } },
    ];
    const edges = [
      { from: 'go', to: 'wait' },
      { from: 'wait', to: 'call' },
    ];
    const caller = String((await api.call('POST', '/v1/workflows', { name: 'caller', nodes, edges })).body.id);
    const { id } = (await start(caller)).body;
    await api.call('PUT', '/v1/budget', { monthlyMicroUsd: 0, onExceeded: 'stop' });
    await api.app.fakeClock.advance(61_000);
    expect((await api.call('GET', `/v1/executions/${String(id)}`)).body.status).toBe('succeeded');
  });

  it('that the store could not answer for refuse that one start, not those of a minute', async () => {
    const app = await createTestApp({ pricing });
    await putBudget(app, owner, { workflowId: null, monthlyMicroUsd: 1_000_000_000, onExceeded: 'stop' });
    const { count } = app.store;
    let down = true;
    app.store.count = (query) => (down ? Promise.reject(new StoreUnavailable('no answer')) : count(query));
    await expect(requireBudget(app, owner.org, 'wf_one')).rejects.toThrow(StoreUnavailable);
    down = false;
    await expect(requireBudget(app, owner.org, 'wf_one')).resolves.toBeUndefined();
  });

  it('are set by administrators, seen by everybody, and usage tells the cost of each day', async () => {
    const { api, workflow, start } = await spent();
    await api.call('PUT', `/v1/workflows/${workflow}/budget`, { monthlyMicroUsd: 900_000, onExceeded: 'warn' });
    for (let run = 0; run < 40; run += 1) await start(workflow);
    const editor = await api.call('POST', '/v1/api-keys', { name: 'e', role: 'editor' });
    const as = { authorization: `Bearer ${String(editor.body.key)}` };
    const denied = await api.call('PUT', '/v1/budget', { monthlyMicroUsd: 1, onExceeded: 'stop' }, as);
    expect(denied.status).toBe(403);
    const seen = await api.call('GET', `/v1/workflows/${workflow}/budget`, undefined, as);
    expect(seen.body).toMatchObject({ budget: { monthlyMicroUsd: 900_000 }, exceeded: false });
    expect(Number(seen.body.spentMicroUsd)).toBeGreaterThan(0);
    const usage = await api.call('GET', '/v1/usage');
    expect(usage.body).toMatchObject({ basis: 'billed', totals: { microUsd: seen.body.spentMicroUsd } });
    expect((await api.call('GET', '/v1/workflows/wf_none/budget')).status).toBe(404);
  });
});

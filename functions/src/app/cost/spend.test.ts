import { costOfUsage } from '@automateos/shared/cost/cost-rates';
import { namedRegion } from '@automateos/shared/cost/price-table';
import { nothingKept, priceUsage, totalNanoUsd } from '@automateos/shared/cost/price-usage';
import { newCounts, toUsage } from '@automateos/shared/cost/usage-counts';
import type { Branch } from '@automateos/shared/model/branch';
import { describe, expect, it } from 'vitest';
import { createApiFixture } from '../../testing/api-fixture.ts';
import { settled } from '../../testing/fake-clock.ts';
import { createTestApp, owner } from '../../testing/test-app.ts';
import { newBranch } from '../engine/branch-document.ts';
import { pricingAt } from './pricing.ts';
import { spendWrites, spentIn } from './spend.ts';

const pricing = pricingAt(namedRegion, 'billed');
const first = { id: '$start', scope: '', first: '$start', at: { scope: '', node: '$start' }, lane: null, steps: [] };

const branchOf = (executionId: string): Branch => newBranch({ org: owner.org, executionId }, first, null, 0);

describe('spend', () => {
  it('is on average what was used, however it was divided into commits, and costs a thousandth of it at most', async () => {
    const app = await createTestApp({ pricing });
    let spentNano = 0;
    for (let run = 0; run < 400; run += 1) {
      const branch = branchOf(app.ids.make('exe'));
      const counts = newCounts();
      for (let commit = 0; commit < 12; commit += 1) {
        counts.w += 1;
        counts.c += 400_000; // 9.6 micro-dollars, so that a test needs few runs
        const after = toUsage(counts);
        const marks = spendWrites(app, branch, 'wf_one', after);
        if (marks.length > 0) await app.store.commit(marks);
        branch.usage = after;
      }
      spentNano += costOfUsage(pricing.rates, branch.usage);
    }
    const told = await spentIn(app, owner.org, 'flow', 'wf_one|2026-03');
    expect(told / (spentNano / 1e3)).toBeGreaterThan(0.6);
    expect(told / (spentNano / 1e3)).toBeLessThan(1.4);
    expect(await spentIn(app, owner.org, 'day', '2026-03-01')).toBe(told);
    expect(await spentIn(app, owner.org, 'month', '2026-03')).toBe(told);
    expect(await spentIn(app, owner.org, 'flow', 'wf_other|2026-03')).toBe(0);
  });

  it('of a large amount is few documents', async () => {
    const app = await createTestApp({ pricing });
    const marks = spendWrites(app, branchOf('exe_x'), 'wf_one', { c: 500e6 }); // 12 dollar cents of compute
    await app.store.commit(marks);
    expect(marks.length).toBeLessThan(20);
    expect(Math.abs((await spentIn(app, owner.org, 'month', '2026-03')) - 12_000)).toBeLessThanOrEqual(1_000);
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
    // every commit is a mark: what is spent is seen at once
    const api = await createApiFixture({ pricing: { ...pricing, spendUnitNanoUsd: 100 } });
    const workflow = String((await api.call('POST', '/v1/workflows', definition('dear'))).body.id);
    const other = String((await api.call('POST', '/v1/workflows', definition('cheap'))).body.id);
    const start = async (id: string) => {
      const answer = await api.call('POST', `/v1/workflows/${id}/executions`, { input: {} });
      await settled();
      return answer;
    };
    return { api, workflow, other, start };
  }

  it('that stop refuse new starts, name what was spent and how to go on, and let what runs go on', async () => {
    const { api, workflow, other, start } = await spent();
    expect((await start(workflow)).status).toBe(202);
    const path = `/v1/workflows/${workflow}/budget`;
    const set = await api.call('PUT', path, { monthlyMicroUsd: 2, onExceeded: 'stop' });
    expect(set.body).toMatchObject({ scope: workflow, month: '2026-03', exceeded: true, basis: 'billed' });
    const refused = await start(workflow);
    expect([refused.status, refused.body.code]).toEqual([429, 'BUDGET_EXCEEDED']);
    expect(String(refused.body.detail)).toContain(`PUT ${path}`);
    expect((await start(other)).status).toBe(202);
    await api.call('PUT', path, { monthlyMicroUsd: 1_000_000, onExceeded: 'stop' });
    expect((await start(workflow)).status).toBe(202);
  });

  it('that warn log once a minute and refuse nothing', async () => {
    const { api, workflow, start } = await spent();
    await start(workflow);
    await api.call('PUT', '/v1/budget', { monthlyMicroUsd: 1, onExceeded: 'warn' });
    for (let run = 0; run < 3; run += 1) expect((await start(workflow)).status).toBe(202);
    const warned = () => api.events.filter(({ event }) => event === 'budget-exceeded').length;
    expect(warned()).toBe(1);
    await api.app.fakeClock.advance(60_001);
    await start(workflow);
    expect(warned()).toBe(2);
  });

  it('of the organization stop every workflow until they are taken away; changes are in the audit log', async () => {
    const { api, workflow, other, start } = await spent();
    await start(workflow);
    await api.call('PUT', '/v1/budget', { monthlyMicroUsd: 0, onExceeded: 'stop' });
    expect([(await start(workflow)).status, (await start(other)).status]).toEqual([429, 429]);
    expect((await api.call('DELETE', '/v1/budget')).status).toBe(204);
    expect((await api.call('DELETE', '/v1/budget')).status).toBe(404);
    expect((await start(other)).status).toBe(202);
    const log = await api.call('GET', '/v1/audit-log');
    expect(log.text).toContain('budget.changed');
    expect(log.text).toContain('budget.deleted');
  });

  it('are set by administrators, seen by everybody, and usage tells the cost of each day', async () => {
    const { api, workflow, start } = await spent();
    await start(workflow);
    const editor = await api.call('POST', '/v1/api-keys', { name: 'e', role: 'editor' });
    const as = { authorization: `Bearer ${String(editor.body.key)}` };
    const denied = await api.call('PUT', '/v1/budget', { monthlyMicroUsd: 1, onExceeded: 'stop' }, as);
    expect(denied.status).toBe(403);
    const seen = await api.call('GET', `/v1/workflows/${workflow}/budget`, undefined, as);
    expect(seen.body).toMatchObject({ budget: null, exceeded: false });
    expect(Number(seen.body.spentMicroUsd)).toBeGreaterThan(0);
    const usage = await api.call('GET', '/v1/usage');
    expect(usage.body).toMatchObject({ basis: 'billed', totals: { microUsd: seen.body.spentMicroUsd } });
    expect((await api.call('GET', '/v1/workflows/wf_none/budget')).status).toBe(404);
  });
});

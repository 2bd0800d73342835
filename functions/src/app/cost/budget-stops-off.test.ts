import { namedRegion } from '@automateos/shared/cost/price-table';
import { featuresOf } from '@automateos/shared/model/feature';
import { expect, it } from 'vitest';
import { createApiFixture } from '../../testing/api-fixture.ts';
import { defaultEngineSettings } from '../engine/engine-settings.ts';
import { pricingAt } from './pricing.ts';

it('a budget that stops only warns where the feature budget-stops is off', async () => {
  const api = await createApiFixture({
    pricing: pricingAt(namedRegion, 'billed'),
    settings: { ...defaultEngineSettings, features: featuresOf(['no-budget-stops']) },
  });
  const { body } = await api.call('POST', '/v1/workflows', { name: 'any', nodes: [{ id: 'go', type: 'trigger.manual' }] });
  await api.call('PUT', '/v1/budget', { monthlyMicroUsd: 0, onExceeded: 'stop' });
  expect((await api.call('POST', `/v1/workflows/${body.id}/executions`, { input: {} })).status).toBe(202);
  expect(api.events.filter(({ event }) => event === 'budget-exceeded')).toHaveLength(1);
});

import { describe, expect, it } from 'vitest';
import { Step } from '../../lib/api/step.ts';
import { merge } from './step-store.ts';

const step = (fields: Record<string, unknown>): Step =>
  Step.parse({ nodeId: 'fetch', scope: '', status: 'running', attempt: 1, generation: 1, ...fields });

describe('merging what is known of a step', () => {
  it('a late answer never takes a finished step back to running', () => {
    const done = step({ status: 'succeeded', endedAt: '2026-01-01T00:00:00.000Z', output: 1 });
    expect(merge(done, step({ status: 'running' }))).toBe(done);
  });

  it('a newer attempt and a newer generation win, an older one changes nothing', () => {
    const second = step({ attempt: 2 });
    expect(merge(step({ status: 'failed' }), second).attempt).toBe(2);
    expect(merge(second, step({ attempt: 1, status: 'failed' }))).toBe(second);
    const retried = step({ generation: 2, attempt: 1 });
    expect(merge(step({ status: 'failed', attempt: 3 }), retried)).toBe(retried);
  });

  it('the same news twice is the same object, so that nothing renders', () => {
    const known = step({ status: 'succeeded', endedAt: '2026-01-01T00:00:00.000Z', output: { a: 1 } });
    expect(merge(known, step({ status: 'succeeded', endedAt: '2026-01-01T00:00:00.000Z', output: { a: 1 } }))).toBe(known);
  });

  it('values that an answer left out are kept', () => {
    const known = step({ input: { url: 'x' } });
    expect(merge(known, step({ status: 'succeeded', endedAt: '2026-01-01T00:00:00.000Z' })).input).toEqual({ url: 'x' });
  });
});

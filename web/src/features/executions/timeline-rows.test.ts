import { describe, expect, it } from 'vitest';
import { Step } from '../../lib/api/step.ts';
import { GraphDefinition } from '../../lib/api/workflow.ts';
import { indexSteps } from './step-index.ts';
import { stepKey } from './step-store.ts';
import { timelineRows } from './timeline-rows.ts';

const definition = GraphDefinition.parse({
  name: 'loop',
  nodes: [
    { id: 'last', type: 'data.set', params: {} },
    { id: 'start', type: 'trigger.manual', params: {} },
    { id: 'each', type: 'flow.for-each', params: {} },
    { id: 'inner', type: 'data.set', params: {}, parent: 'each' },
  ],
  edges: [
    { from: 'start', to: 'each' },
    { from: 'each', to: 'last' },
  ],
});

function rowsOf(items: number, toggled: readonly string[] = [], extra: readonly Record<string, unknown>[] = []) {
  const steps = Array.from({ length: items }, (_, at) => ({ nodeId: 'inner', scope: `each[${at}]`, status: 'succeeded' }));
  const all = new Map(
    [{ nodeId: 'start', status: 'succeeded' }, ...steps, ...extra]
      .map((each) => Step.parse(each))
      .map((each) => [stepKey(each.scope, each.nodeId), each]),
  );
  return timelineRows({ definition, steps: all, index: indexSteps(all), toggled: new Set(toggled) });
}

describe('rows of the timeline', () => {
  it('follow the graph, not the order in which the definition was written', () => {
    expect(rowsOf(0).map((row) => row.node.id)).toEqual(['start', 'each', 'last']);
  });

  it('open small loops to their items and keep large ones closed', () => {
    expect(
      rowsOf(3)
        .filter((row) => row.kind === 'item')
        .map((row) => row.number),
    ).toEqual([1, 2, 3]);
    const large = rowsOf(10_000);
    expect(large).toHaveLength(3);
    expect(large[1]?.note).toBe('10,000 of 10,000');
    expect(rowsOf(10_000, ['|each'])).toHaveLength(10_003);
  });

  it('open an item to its steps, one level deeper', () => {
    const rows = rowsOf(2, ['each[1]|']);
    expect(rows.map((row) => [row.kind, row.level])).toEqual([
      ['step', 0],
      ['loop', 0],
      ['item', 1],
      ['item', 1],
      ['step', 2],
      ['step', 0],
    ]);
  });

  it('show every try of a step that failed after several', () => {
    const error = { code: 'HTTP_STATUS', message: 'answered 503' };
    const rows = rowsOf(
      0,
      [],
      [
        {
          nodeId: 'last',
          status: 'failed',
          attempt: 2,
          error,
          tries: [{ attempt: 1, startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:01.000Z', error }],
        },
      ],
    );
    expect(rows.filter((row) => row.kind === 'try').map((row) => [row.number, row.status])).toEqual([
      [1, 'failed'],
      [2, 'failed'],
    ]);
  });
});

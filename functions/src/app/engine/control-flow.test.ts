import { StepError } from '@automateos/shared/model/step-error';
import { describe, expect, it } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { deploy, edges, effect, run, start } from '../../testing/run-definition.ts';
import { createTestApp, owner } from '../../testing/test-app.ts';
import { startExecution } from './start-execution.ts';

describe('control flow', () => {
  it('runs a chain and answers with the only sink', async () => {
    const app = await createTestApp();
    const { end } = await run(app, {
      nodes: [start, effect('a'), effect('b', '{{ steps.a.output }}!')],
      edges: edges('go>a', 'a>b'),
    });
    expect(await end()).toMatchObject({ status: 'succeeded', output: 'a!' });
  });

  it('writes N + 3 documents for a chain of N effects and no more than 4 for pure steps', async () => {
    const app = await createTestApp();
    const chain = Array.from({ length: 10 }, (_, i) => effect(`e${i}`));
    const counted = async (nodes: typeof chain): Promise<number> => {
      const pairs = nodes.map((node, i) => `${nodes[i - 1]?.id ?? 'go'}>${node.id}`);
      const { workflowId } = await deploy(app, { name: nodes[0]?.id ?? '', nodes: [start, ...nodes], edges: edges(...pairs) });
      const before = app.store.stats().writes;
      await startExecution(app, owner, { workflowId, input: {}, trigger: { kind: 'manual' } });
      await settled();
      return app.store.stats().writes - before;
    };
    expect(await counted(chain)).toBeLessThanOrEqual(13);
    const pure = Array.from({ length: 40 }, (_, i) => ({ id: `p${i}`, type: 'data.set', params: { values: { i } } }));
    expect(await counted(pure)).toBeLessThanOrEqual(4);
  });

  it('forks, joins and merges', async () => {
    const app = await createTestApp();
    const { end } = await run(app, {
      nodes: [start, effect('a'), effect('b'), effect('c'), { id: 'm', type: 'flow.merge' }],
      edges: edges('go>a', 'go>b', 'go>c', 'a>m', 'b>m', 'c>m'),
    });
    expect(await end()).toMatchObject({ status: 'succeeded', output: { a: 'a', b: 'b', c: 'c' } });
  });

  it('takes one side of an if and skips the other through the join', async () => {
    const app = await createTestApp();
    const { end } = await run(
      app,
      {
        nodes: [
          start,
          { id: 'q', type: 'flow.if', params: { condition: '{{ input.yes }}' } },
          effect('a'),
          effect('b'),
          { id: 'm', type: 'flow.merge' },
        ],
        edges: edges('go>q', 'q.true>a', 'q.false>b', 'a>m', 'b>m'),
      },
      { yes: true },
    );
    expect(await end()).toMatchObject({ status: 'succeeded', output: { a: 'a' } });
    expect(app.effects.attempts.map((a) => a.nodeId)).toEqual(['a']);
  });

  it('keeps the order of items and collects errors', async () => {
    const app = await createTestApp();
    app.effects.behave = ({ params }) => {
      if (params.value === 3) throw new StepError({ code: 'ODD', message: 'three', retryable: false });
      return { output: Number(params.value) * 2 };
    };
    const { end } = await run(
      app,
      {
        nodes: [
          start,
          { id: 'each', type: 'flow.for-each', params: { items: '{{ input.list }}', onItemError: 'collect', concurrency: 2 } },
          effect('body', '{{ item }}', { parent: 'each' }),
        ],
        edges: edges('go>each'),
      },
      { list: [1, 2, 3, 4, 5, 6, 7] },
    );
    expect(await end()).toMatchObject({
      status: 'succeeded',
      output: { items: [2, 4, null, 8, 10, 12, 14], errors: [{ index: 2, code: 'ODD' }] },
    });
  });

  it('runs bodies that fork', async () => {
    const app = await createTestApp();
    const { end } = await run(
      app,
      {
        nodes: [
          start,
          { id: 'each', type: 'flow.for-each', params: { items: '{{ input.list }}', concurrency: 3 } },
          effect('x', '{{ item }}', { parent: 'each' }),
          effect('y', '{{ index }}', { parent: 'each' }),
          { id: 'm', type: 'flow.merge', parent: 'each' },
          { id: 'after', type: 'data.set', params: { values: { n: '{{ steps.each.output.items.length }}' } } },
        ],
        edges: edges('go>each', 'x>m', 'y>m', 'each>after'),
      },
      { list: [5, 6, 7, 8, 9] },
    );
    expect(await end()).toMatchObject({ status: 'succeeded', output: { n: 5 } });
  });

  it('repeats a while until its condition fails', async () => {
    const app = await createTestApp();
    const { end } = await run(app, {
      nodes: [
        start,
        { id: 'loop', type: 'flow.while', params: { condition: '{{ index < 5 }}' } },
        effect('x', '{{ index }}', { parent: 'loop' }),
      ],
      edges: edges('go>loop'),
    });
    expect(await end()).toMatchObject({ status: 'succeeded', output: { iterations: 5, last: 4 } });
  });

  it('fails the execution where nothing takes the error, and says where', async () => {
    const app = await createTestApp();
    app.effects.behave = () => {
      throw new StepError({ code: 'BROKEN', message: 'no', retryable: false });
    };
    const { end } = await run(app, { nodes: [start, effect('a'), effect('b')], edges: edges('go>a', 'a>b') });
    expect(await end()).toMatchObject({ status: 'failed', error: { code: 'BROKEN', nodeId: 'a' } });
  });

  it('waits in virtual time', async () => {
    const app = await createTestApp();
    const { end } = await run(app, {
      nodes: [start, { id: 'w', type: 'flow.wait', params: { durationMs: 60_000 } }, effect('a')],
      edges: edges('go>w', 'w>a'),
    });
    expect((await end()).status).toBe('running');
    await app.fakeClock.advance(61_000);
    expect((await end()).status).toBe('succeeded');
  });
});

import { StepError } from '@automateos/shared/model/step-error';
import { describe, expect, it } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { deploy, edges, effect, lookAt, type Ran, run, start } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import { answerCallback, decideApproval } from './answer-wait.ts';
import { callbackToken } from './callback-token.ts';
import { forkExecution } from './fork-execution.ts';
import { pauseExecution, resumeExecution } from './pause-execution.ts';
import { retryExecution } from './retry-execution.ts';
import { startExecution } from './start-execution.ts';
import { stopExecution } from './stop-execution.ts';
import { sweep } from './sweep.ts';

const broken = new StepError({ code: 'BROKEN', message: 'no', retryable: false });

/** Effects of these nodes stay under way until released. */
function holdBack(app: TestApp, ...nodes: string[]): { release(): void } {
  const waiting: (() => void)[] = [];
  const usual = app.effects.behave;
  app.effects.behave = async (context) => {
    if (nodes.includes(context.nodeId)) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    return usual(context);
  };
  return {
    release() {
      app.effects.behave = usual;
      for (const go of waiting) go();
    },
  };
}

describe('retry', () => {
  it('goes on from the failed step, whose key changes, and runs no finished step again', async () => {
    const app = await createTestApp();
    let mended = false;
    app.effects.behave = ({ nodeId }) => {
      if (nodeId === 'b' && !mended) throw broken;
      return { output: nodeId };
    };
    const ran = await run(app, { nodes: [start, effect('a'), effect('b'), effect('c')], edges: edges('go>a', 'a>b', 'b>c') });
    expect((await ran.end()).status).toBe('failed');
    mended = true;
    await retryExecution(app, owner, ran.executionId);
    await settled();
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: 'c', execution: { generation: 2 } });
    expect(app.effects.attempts.map(({ nodeId }) => nodeId)).toEqual(['a', 'b', 'b', 'c']);
    const [, first, second] = app.effects.attempts;
    expect(first?.key).not.toBe(second?.key);
  });

  it('is refused while it runs, after success, and after compensations', async () => {
    const app = await createTestApp();
    const ran = await run(app, { nodes: [start, effect('a')], edges: edges('go>a') });
    await expect(retryExecution(app, owner, ran.executionId)).rejects.toMatchObject({ code: 'NOT_RETRYABLE_NOW' });
  });

  it('continues the failed item of a for-each and keeps the others', async () => {
    const app = await createTestApp();
    let mended = false;
    app.effects.behave = ({ params }) => {
      if (params.value === 3 && !mended) throw broken;
      return { output: params.value ?? null };
    };
    const ran = await run(
      app,
      {
        nodes: [
          start,
          { id: 'each', type: 'flow.for-each', params: { items: '{{ input.list }}', concurrency: 2 } },
          effect('x', '{{ item }}', { parent: 'each' }),
        ],
        edges: edges('go>each'),
      },
      { list: [1, 2, 3, 4, 5, 6] },
    );
    expect((await ran.end()).status).toBe('failed');
    mended = true;
    await retryExecution(app, owner, ran.executionId);
    await settled();
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: { items: [1, 2, 3, 4, 5, 6], errors: [] } });
    const tries = app.effects.attempts.map(({ params }) => JSON.stringify(params));
    expect(tries.filter((each) => each.includes('3'))).toHaveLength(2);
    expect(tries).toHaveLength(7);
  });
});

describe('retry policies', () => {
  it('waits between attempts and sends the same key each time', async () => {
    const app = await createTestApp();
    app.effects.behave = ({ attempt }) => {
      if (attempt < 3) throw new StepError({ code: 'BUSY', message: 'busy', class: '5xx' });
      return { output: attempt };
    };
    const retry = { maxAttempts: 3, initialMs: 1_000, factor: 2, maxMs: 60_000, jitter: false, on: ['5xx' as const] };
    const ran = await run(app, { nodes: [start, effect('a', 1, { retry })], edges: edges('go>a') });
    expect((await ran.end()).status).toBe('running');
    await app.fakeClock.advance(1_100);
    expect(app.effects.attempts).toHaveLength(2);
    await app.fakeClock.advance(2_100);
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: 3 });
    expect(new Set(app.effects.attempts.map(({ key }) => key)).size).toBe(1);
  });

  it('honours Retry-After beyond its own pause', async () => {
    const app = await createTestApp();
    app.effects.behave = ({ attempt }) => {
      if (attempt === 1) throw new StepError({ code: 'LATER', message: 'later', class: '429', retryAfterMs: 30_000 });
      return { output: null };
    };
    const retry = { maxAttempts: 2, initialMs: 10, on: ['429' as const] };
    await run(app, { nodes: [start, effect('a', 1, { retry })], edges: edges('go>a') });
    await app.fakeClock.advance(29_000);
    expect(app.effects.attempts).toHaveLength(1);
    await app.fakeClock.advance(2_000);
    expect(app.effects.attempts).toHaveLength(2);
  });

  it('fails a step that takes longer than its timeout', async () => {
    const app = await createTestApp();
    holdBack(app, 'a');
    const ran = await run(app, { nodes: [start, effect('a', 1, { timeoutMs: 5_000 })], edges: edges('go>a') });
    await app.fakeClock.advance(6_000);
    expect(await ran.end()).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT' } });
  });
});

describe('errors', () => {
  it('leave by the error port, and what follows sees them', async () => {
    const app = await createTestApp();
    app.effects.behave = ({ nodeId, params }) => {
      if (nodeId === 'a') throw broken;
      return { output: params.value ?? null };
    };
    const ran = await run(app, {
      nodes: [start, effect('a'), effect('b'), effect('c', '{{ steps.a.output.error.code }}')],
      edges: edges('go>a', 'a>b', 'a.error>c'),
    });
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: { c: 'BROKEN' } });
  });

  it('of a step with onError continue do not stop what follows', async () => {
    const app = await createTestApp();
    app.effects.behave = ({ nodeId }) => {
      if (nodeId === 'a') throw broken;
      return { output: nodeId };
    };
    const ran = await run(app, {
      nodes: [start, effect('a', 1, { onError: 'continue' }), effect('b')],
      edges: edges('go>a', 'a>b'),
    });
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: 'b' });
  });

  it('of an item leave by the error port of its for-each, failing fast', async () => {
    const app = await createTestApp();
    app.effects.behave = ({ nodeId, params }) => {
      if (nodeId === 'x' && params.value === 1) throw broken;
      return { output: nodeId };
    };
    const ran = await run(
      app,
      {
        nodes: [
          start,
          { id: 'each', type: 'flow.for-each', params: { items: '{{ input.list }}', concurrency: 1 } },
          effect('x', '{{ item }}', { parent: 'each' }),
          effect('fine'),
          effect('bad', '{{ steps.each.output.error.code }}'),
        ],
        edges: edges('go>each', 'each>fine', 'each.error>bad'),
      },
      { list: Array.from({ length: 200 }, (_, i) => i) },
    );
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: { bad: 'bad' } });
    expect(app.effects.attempts.length).toBeLessThan(60);
  });

  it('start the error workflow, once', async () => {
    const app = await createTestApp();
    app.effects.behave = ({ nodeId, params }) => {
      if (nodeId === 'a') throw broken;
      return { output: params.value ?? null };
    };
    await deploy(app, {
      name: 'on-error',
      nodes: [{ id: 'err', type: 'trigger.error' }, effect('note', '{{ input.error.code }} in {{ input.workflow.name }}')],
      edges: edges('err>note'),
    });
    await run(app, { nodes: [start, effect('a')], edges: edges('go>a'), settings: { errorWorkflow: 'on-error' } });
    const notes = app.effects.attempts.filter(({ nodeId }) => nodeId === 'note');
    expect(notes.map(({ params }) => params)).toEqual([{ value: 'BROKEN in test' }]);
  });
});

describe('a stop', () => {
  it('undoes finished steps in reverse order and says so', async () => {
    const app = await createTestApp();
    app.effects.behave = ({ nodeId, params }) => {
      if (nodeId === 'c') throw broken;
      return { output: params.value ?? null };
    };
    const ran = await run(app, {
      nodes: [
        start,
        effect('a', 'room 1', { compensate: 'undoA' }),
        effect('b', 'seat 2', { compensate: 'undoB' }),
        effect('c'),
        effect('undoA', 'free {{ steps.a.output }}'),
        effect('undoB', 'free {{ steps.b.output }}'),
      ],
      edges: edges('go>a', 'a>b', 'b>c'),
    });
    expect(await ran.end()).toMatchObject({ status: 'failed', execution: { compensated: true } });
    expect(app.effects.attempts.map(({ params }) => params)).toEqual([
      { value: 'room 1' },
      { value: 'seat 2' },
      { value: 'c' },
      { value: 'free seat 2' },
      { value: 'free room 1' },
    ]);
    await expect(retryExecution(app, owner, ran.executionId)).rejects.toMatchObject({ code: 'NOT_RETRYABLE_NOW' });
  });

  it('by cancel reaches a waiting branch, and no step follows', async () => {
    const app = await createTestApp();
    const ran = await run(app, {
      nodes: [start, { id: 'w', type: 'flow.wait', params: { durationMs: 60_000 } }, effect('a')],
      edges: edges('go>w', 'w>a'),
    });
    await stopExecution(app, owner, ran.executionId, 'cancelled');
    await app.fakeClock.advance(120_000);
    expect((await ran.end()).status).toBe('cancelled');
    expect(app.effects.attempts).toHaveLength(0);
  });

  it('by cancel reaches a step under way', async () => {
    const app = await createTestApp();
    const held = holdBack(app, 'a');
    const ran = await run(app, { nodes: [start, effect('a'), effect('b')], edges: edges('go>a', 'a>b') });
    await stopExecution(app, owner, ran.executionId, 'cancelled');
    await settled();
    expect((await ran.end()).status).toBe('cancelled');
    held.release();
    await settled();
    expect(app.effects.attempts.map(({ nodeId }) => nodeId)).toEqual(['a']);
  });

  const slow = (waitMs: number, timeoutMs: number) => ({
    nodes: [start, { id: 'w', type: 'flow.wait', params: { durationMs: waitMs } }, effect('a')],
    edges: edges('go>w', 'w>a'),
    settings: { timeoutMs },
  });

  it('by its deadline ends as timed out at once, without a sweep, and again after a retry', async () => {
    const app = await createTestApp();
    const ran = await run(app, slow(600_000, 1_000));
    await app.fakeClock.advance(1_000);
    await settled();
    expect((await ran.end()).status).toBe('timed-out');
    await retryExecution(app, owner, ran.executionId);
    await app.fakeClock.advance(999);
    await settled();
    expect((await ran.end()).status).not.toBe('timed-out');
    await app.fakeClock.advance(1);
    await settled();
    expect((await ran.end()).status).toBe('timed-out');
  });

  it('by a deadline that its retry has moved does not end', async () => {
    const app = await createTestApp();
    const ran = await run(app, slow(40_000, 30_000));
    await app.fakeClock.advance(10_000);
    await stopExecution(app, owner, ran.executionId, 'cancelled');
    await settled();
    await retryExecution(app, owner, ran.executionId);
    await app.fakeClock.advance(29_000);
    await settled();
    expect((await ran.end()).status).not.toBe('timed-out');
  });

  it('by a far deadline ends as timed out with a sweep, and a retry goes on', async () => {
    const app = await createTestApp();
    const ran = await run(app, slow(200_000, 120_000));
    await app.fakeClock.advance(121_000);
    await sweep(app);
    await settled();
    expect((await ran.end()).status).toBe('timed-out');
    await retryExecution(app, owner, ran.executionId);
    await app.fakeClock.advance(100_000);
    await settled();
    expect((await ran.end()).status).toBe('succeeded');
  });
});

describe('pause', () => {
  it('holds the next step until resume', async () => {
    const app = await createTestApp();
    const held = holdBack(app, 'a');
    const ran = await run(app, { nodes: [start, effect('a'), effect('b')], edges: edges('go>a', 'a>b') });
    await pauseExecution(app, owner, ran.executionId);
    held.release();
    await settled();
    expect(app.effects.attempts.map(({ nodeId }) => nodeId)).toEqual(['a']);
    await resumeExecution(app, owner, ran.executionId);
    await settled();
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: 'b' });
    expect(app.effects.attempts).toHaveLength(2);
  });
});

describe('fork', () => {
  const body = {
    nodes: [
      start,
      effect('a', '{{ input.n }}'),
      effect('b', '{{ steps.a.output }}'),
      effect('c', '{{ input.n }}-{{ steps.b.output }}'),
    ],
    edges: edges('go>a', 'a>b', 'b>c'),
  };

  it('takes over what finished before the step and runs the rest with the new input', async () => {
    const app = await createTestApp();
    const ran = await run(app, body, { n: 1 });
    const forked = await forkExecution(app, owner, { executionId: ran.executionId, nodeId: 'c', input: { n: 2 } });
    await settled();
    expect(await lookAt(app, forked.executionId, ran.plan).end()).toMatchObject({ status: 'succeeded', output: '2-1' });
    expect(app.effects.attempts.map(({ nodeId }) => nodeId)).toEqual(['a', 'b', 'c', 'c']);
  });

  it('takes over a for-each as one step', async () => {
    const app = await createTestApp();
    const ran = await run(
      app,
      {
        nodes: [
          start,
          { id: 'each', type: 'flow.for-each', params: { items: '{{ input.list }}' } },
          effect('x', '{{ item }}', { parent: 'each' }),
          effect('last', '{{ steps.each.output.items.length }}'),
        ],
        edges: edges('go>each', 'each>last'),
      },
      { list: [1, 2, 3] },
    );
    const forked = await forkExecution(app, owner, { executionId: ran.executionId, nodeId: 'last' });
    await settled();
    expect(await lookAt(app, forked.executionId, ran.plan).end()).toMatchObject({ status: 'succeeded', output: 3 });
    expect(app.effects.attempts).toHaveLength(5);
    await expect(forkExecution(app, owner, { executionId: ran.executionId, nodeId: 'x' })).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
    });
  });
});

describe('answers from outside', () => {
  const waiting = {
    nodes: [
      start,
      effect('send', '{{ execution.callbackUrl("cb") }}'),
      { id: 'cb', type: 'flow.callback' },
      effect('after', '{{ steps.cb.output.ok }}'),
    ],
    edges: edges('go>send', 'send>cb', 'cb>after'),
  };

  async function tokenOf(ran: Ran): Promise<string> {
    return callbackToken((await ran.end()).execution, '', 'cb');
  }

  it('resume the step that waits, once', async () => {
    const app = await createTestApp();
    const ran = await run(app, {
      ...waiting,
      nodes: [start, waiting.nodes[2] ?? start, effect('after', '{{ steps.cb.output.ok }}')],
      edges: edges('go>cb', 'cb>after'),
    });
    const token = await tokenOf(ran);
    await answerCallback(app, token, { ok: 7 });
    await settled();
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: 7 });
    await expect(answerCallback(app, token, {})).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(answerCallback(app, `${token.slice(0, -2)}00`, {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('to a node that waits for none are told so', async () => {
    const app = await createTestApp();
    const ran = await run(app, { ...waiting });
    const { execution } = await ran.end();
    for (const node of ['go', 'nope', 'ap']) {
      const token = callbackToken(execution, '', node);
      await expect(answerCallback(app, token, {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('count also when they come before the wait', async () => {
    const app = await createTestApp();
    const held = holdBack(app, 'hold');
    const ran = await run(app, {
      nodes: [start, effect('hold'), { id: 'cb', type: 'flow.callback' }],
      edges: edges('go>hold', 'hold>cb'),
    });
    await answerCallback(app, await tokenOf(ran), { early: true });
    held.release();
    await settled();
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: { early: true } });
  });

  it('that do not come take the timeout port', async () => {
    const app = await createTestApp();
    const ran = await run(app, {
      nodes: [start, { id: 'cb', type: 'flow.callback', params: { timeoutMs: 60_000 } }, effect('late'), effect('fine')],
      edges: edges('go>cb', 'cb>fine', 'cb.timeout>late'),
    });
    await app.fakeClock.advance(61_000);
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: { late: 'late' } });
    await expect(answerCallback(app, await tokenOf(ran), {})).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('by people are decided once and only by those the step names', async () => {
    const app = await createTestApp();
    const ran = await run(app, {
      nodes: [
        start,
        { id: 'ask', type: 'flow.approval', params: { title: 'Sure?', assignees: ['usr_test'] } },
        effect('yes'),
        effect('no'),
      ],
      edges: edges('go>ask', 'ask.approved>yes', 'ask.rejected>no'),
    });
    const [approval] = await app.store.query({ collection: `organizations/${owner.org}/approvals` });
    const id = String(approval?.data.id);
    await expect(decideApproval(app, { ...owner, userId: 'usr_other' }, id, { decision: 'approve' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await decideApproval(app, owner, id, { decision: 'reject', comment: 'no' });
    await expect(decideApproval(app, owner, id, { decision: 'approve' })).rejects.toMatchObject({ code: 'ALREADY_DECIDED' });
    await settled();
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: { no: 'no' } });
  });
});

describe('calls', () => {
  const child = { name: 'child', nodes: [start, effect('work', '{{ input.n }}')], edges: edges('go>work') };
  const parent = (more: object = {}) => ({
    name: 'parent',
    nodes: [
      start,
      { id: 'call', type: 'flow.call', params: { workflow: 'child', input: { n: '{{ input.n }}' }, ...more } },
      effect('after', '{{ steps.call.output }}'),
    ],
    edges: edges('go>call', 'call>after'),
  });

  it("wait for the called execution, whose output is the step's", async () => {
    const app = await createTestApp();
    await deploy(app, child);
    const ran = await run(app, parent(), { n: 5 });
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: 5 });
  });

  it("make the called execution's errors the step's errors", async () => {
    const app = await createTestApp();
    app.effects.behave = () => {
      throw broken;
    };
    await deploy(app, child);
    const ran = await run(app, parent());
    expect(await ran.end()).toMatchObject({ status: 'failed', error: { code: 'BROKEN', nodeId: 'call' } });
  });

  it('stop what they called when they are cancelled', async () => {
    const app = await createTestApp();
    holdBack(app, 'work');
    await deploy(app, child);
    const ran = await run(app, parent());
    await stopExecution(app, owner, ran.executionId, 'cancelled');
    await settled();
    expect((await ran.end()).status).toBe('cancelled');
    const all = await app.store.query({ collection: `organizations/${owner.org}/executions` });
    expect(all.map(({ data }) => data.status)).toEqual(['cancelled', 'cancelled']);
  });

  it('may be left to themselves', async () => {
    const app = await createTestApp();
    await deploy(app, child);
    const ran = await run(app, parent({ wait: false }), { n: 1 });
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: { executionId: expect.stringMatching(/^exe_/) } });
  });
});

describe('starts', () => {
  it('with the same key and body are one execution; with another body they are refused', async () => {
    const app = await createTestApp();
    const { workflowId } = await deploy(app, { nodes: [start, effect('a')], edges: edges('go>a') });
    const begin = (digest: string) =>
      startExecution(app, owner, { workflowId, input: {}, trigger: { kind: 'manual' }, dedupe: { key: 'k', digest } });
    const [first, second] = await Promise.all([begin('x'), begin('x')]);
    expect(second.executionId).toBe(first.executionId);
    await expect(begin('y')).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    await settled();
    expect(app.effects.attempts).toHaveLength(1);
  });

  it('beyond maxConcurrent are held back and started in order', async () => {
    const app = await createTestApp();
    const held = holdBack(app, 'a');
    const { workflowId, plan } = await deploy(app, {
      nodes: [start, effect('a')],
      edges: edges('go>a'),
      settings: { maxConcurrent: 1 },
    });
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      ids.push((await startExecution(app, owner, { workflowId, input: {}, trigger: { kind: 'manual' } })).executionId);
      await settled();
    }
    const statuses = () => Promise.all(ids.map(async (id) => (await lookAt(app, id, plan).end()).status));
    expect(await statuses()).toEqual(['running', 'queued', 'queued']);
    held.release();
    await settled();
    expect(await statuses()).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });
});

describe('values too large', () => {
  it("are no inputs that a webhook's largest body makes", async () => {
    const app = await createTestApp();
    const text = 'x'.repeat(9 * 1024 * 1024);
    const ran = await run(
      app,
      { nodes: [start, effect('a', '{{ input.body.length }}')], edges: edges('go>a') },
      { body: text, text },
    );
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: text.length });
  });

  const many = {
    name: 'many',
    nodes: [
      start,
      { id: 'each', type: 'flow.for-each', params: { items: '{{ input.list }}' } },
      effect('x', '{{ input.text }}', { parent: 'each' }),
    ],
    edges: edges('go>each'),
  };
  const input = { list: Array.from({ length: 10 }, (_, i) => i), text: 'x'.repeat(1_000_000) };

  it('fail the step that asks for them, not its worker', async () => {
    const app = await createTestApp();
    const ran = await run(
      app,
      { nodes: [...many.nodes, effect('count', '{{ steps.each.output.items.length }}')], edges: edges('go>each', 'each>count') },
      input,
    );
    expect(await ran.end()).toMatchObject({ status: 'failed', error: { code: 'OUTPUT_TOO_LARGE', nodeId: 'count' } });
  });

  it('fail the calling step; the called execution ends as it would have', async () => {
    const app = await createTestApp();
    await deploy(app, many);
    const ran = await run(
      app,
      {
        nodes: [start, { id: 'call', type: 'flow.call', params: { workflow: 'many', input: '{{ input }}' } }],
        edges: edges('go>call'),
      },
      input,
    );
    expect(await ran.end()).toMatchObject({ status: 'failed', error: { code: 'OUTPUT_TOO_LARGE', nodeId: 'call' } });
  });
});

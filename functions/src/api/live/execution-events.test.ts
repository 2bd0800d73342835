import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { beforeEach, describe, expect, test } from 'vitest';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { settled } from '../../testing/fake-clock.ts';

let api: ApiFixture;

beforeEach(async () => {
  api = await createApiFixture();
});

type Sent = { readonly id: string; readonly name: string; readonly data: JsonObject };

type Reader = {
  /** What has arrived so far. */
  readonly sent: Sent[];
  readonly comments: string[];
  readonly ended: () => boolean;
  cancel(): Promise<void>;
};

/** Reads a stream in the background. */
const open = (executionId: JsonValue | undefined, lastEventId?: string): Promise<Reader> =>
  openAt(`/v1/executions/${executionId}/events`, lastEventId);

async function openAt(path: string, lastEventId?: string): Promise<Reader> {
  const headers = {
    authorization: `Bearer ${api.token}`,
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  const response = await api.api.fetch(new Request(`http://127.0.0.1${path}`, { headers }));
  expect(response.status, response.status === 200 ? '' : await response.text()).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const sent: Sent[] = [];
  const comments: string[] = [];
  let ended = false;
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  const read = async () => {
    for (let chunk = await reader?.read(); chunk !== undefined && !chunk.done; chunk = await reader?.read()) {
      for (const block of decoder.decode(chunk.value).split('\n\n').filter(Boolean)) take(block, sent, comments);
    }
    ended = true;
  };
  void read();
  return { sent, comments, ended: () => ended, cancel: async () => reader?.cancel() };
}

function take(block: string, sent: Sent[], comments: string[]): void {
  if (block.startsWith(':')) {
    comments.push(block);
    return;
  }
  const fields = Object.fromEntries(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  );
  const data: JsonValue = JSON.parse(fields.data ?? '{}');
  sent.push({ id: fields.id ?? '', name: fields.event ?? 'message', data: isJsonObject(data) ? data : {} });
}

function told({ data, name }: Sent): string {
  if (name === 'done') return 'done';
  const step = isJsonObject(data.step) ? data.step : null;
  if (step !== null)
    return `${step.scope === '' ? '' : `${step.scope}/`}${step.nodeId} ${step.status} ${step.generation}.${step.attempt}`;
  if (isJsonObject(data.log)) return `log ${data.log.nodeId} ${data.log.level}: ${data.log.message}`;
  return isJsonObject(data.execution) ? `execution ${data.execution.status}` : 'unknown';
}

async function start(definition: JsonObject, input: JsonObject = {}): Promise<string> {
  const workflow = await api.call('POST', '/v1/workflows', definition);
  expect(workflow.status, workflow.text).toBe(201);
  const started = await api.call('POST', `/v1/workflows/${workflow.body.id}/executions`, { input });
  await settled();
  return String(started.body.id);
}

/** Tokens are verified by a thread of their own, which virtual time does not wait for. */
async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 1_000 && !(await condition()); turn += 1) await settled();
}

const waiting = {
  name: 'waiting',
  nodes: [
    { id: 'start', type: 'trigger.manual' },
    { id: 'first', type: 'test.effect', params: { value: 1 } },
    { id: 'pause', type: 'flow.wait', params: { durationMs: 5_000 } },
    { id: 'check', type: 'flow.if', params: { condition: true } },
    { id: 'yes', type: 'test.effect', params: { value: 2 } },
    { id: 'no', type: 'test.effect', params: { value: 3 } },
  ],
  edges: [
    { from: 'start', to: 'first' },
    { from: 'first', to: 'pause' },
    { from: 'pause', to: 'check' },
    { from: 'check', to: 'yes', output: 'true' },
    { from: 'check', to: 'no', output: 'false' },
  ],
};

const beforeWait = ['execution waiting', 'start succeeded 1.1', 'first succeeded 1.1', 'pause waiting 1.1'];
const afterWait = [
  'pause succeeded 1.1',
  'check succeeded 1.1',
  'yes succeeded 1.1',
  'no skipped 1.0',
  'execution succeeded',
  'done',
];

/** Without states in between, which a reader may or may not have been quick enough to see. */
function lasting(events: readonly Sent[]): readonly string[] {
  return events.map(told).filter((text) => !/ running( |$)| queued( |$)/.test(text));
}

describe('the live events of an execution', () => {
  test('history comes first, what happens follows, the end is told', async () => {
    const stream = await open(await start(waiting));
    await settled();
    expect(stream.sent.map(told)).toEqual(beforeWait);
    for (let n = 0; n < 10; n += 1) await api.app.fakeClock.advance(1_000);
    expect(lasting(stream.sent)).toEqual([...beforeWait, ...afterWait]);
    expect(stream.ended()).toBe(true);
  });

  test('a reader that comes back behind any event misses nothing and gets nothing twice', async () => {
    const id = await start(waiting);
    const whole = await open(id);
    await settled();
    for (let n = 0; n < 10; n += 1) await api.app.fakeClock.advance(1_000);
    const events = whole.sent.filter(({ name }) => name !== 'done');
    expect(events.length).toBeGreaterThan(7);
    for (const [at, event] of events.entries()) {
      const rest = await open(id, event.id);
      await settled();
      // that the wait was once a wait is over: a state in between
      const expected = lasting(events.slice(at + 1)).filter((text) => !text.includes(' waiting'));
      expect([at, rest.sent.map(told)]).toEqual([at, [...expected, 'done']]);
    }
  });

  test('a reader that comes back to an execution that waits is answered within a second, and told what happens then', async () => {
    const id = await start(waiting);
    const first = await open(id);
    await settled();
    await first.cancel();
    const opening = open(id, first.sent.at(-1)?.id);
    for (let turn = 0; turn < 10; turn += 1) await settled();
    await api.app.fakeClock.advance(1_000);
    const second = await opening;
    expect(second.sent).toEqual([]);
    for (let n = 0; n < 10; n += 1) await api.app.fakeClock.advance(1_000);
    expect(second.sent.map(told)).toEqual(afterWait);
  });

  test('a reader that was away while things happened gets what it missed', async () => {
    const id = await start(waiting);
    const first = await open(id);
    await settled();
    await first.cancel();
    for (let n = 0; n < 10; n += 1) await api.app.fakeClock.advance(1_000);
    const second = await open(id, first.sent.at(-1)?.id);
    await settled();
    expect(second.sent.map(told)).toEqual(afterWait);
  });

  test('branches that run side by side are each told in full, from any point', async () => {
    const arms = ['a', 'b', 'c'];
    const id = await start({
      name: 'fan',
      nodes: [
        { id: 'start', type: 'trigger.manual' },
        ...arms.flatMap((arm) => [
          { id: `${arm}1`, type: 'test.effect', params: { value: arm } },
          { id: `${arm}2`, type: 'test.effect', params: { value: arm } },
        ]),
        { id: 'join', type: 'flow.merge' },
      ],
      edges: arms.flatMap((arm) => [
        { from: 'start', to: `${arm}1` },
        { from: `${arm}1`, to: `${arm}2` },
        { from: `${arm}2`, to: 'join' },
      ]),
    });
    const whole = await open(id);
    await settled();
    const all = whole.sent.map(told);
    expect(all.toSorted()).toEqual(
      ['start', ...arms.flatMap((arm) => [`${arm}1`, `${arm}2`]), 'join']
        .map((node) => `${node} succeeded 1.1`)
        .concat('execution succeeded', 'done')
        .toSorted(),
    );
    for (const [at, event] of whole.sent.slice(0, -1).entries()) {
      const rest = await open(id, event.id);
      await settled();
      expect([at, rest.sent.map(told)]).toEqual([at, all.slice(at + 1)]);
    }
  });

  test('a loop is told by its own state, and its items where they are few', async () => {
    const loop = (count: number) =>
      start(
        {
          name: `loop ${count}`,
          nodes: [
            { id: 'start', type: 'trigger.manual' },
            { id: 'each', type: 'flow.for-each', params: { items: '{{ input.items }}' } },
            { id: 'work', type: 'test.effect', parent: 'each', params: { value: '{{ item }}' } },
          ],
          edges: [{ from: 'start', to: 'each' }],
        },
        { items: Array.from({ length: count }, (_, n) => n) },
      );
    const few = await open(await loop(3));
    await settled();
    expect(few.sent.map(told).toSorted()).toEqual(
      ['start', 'each', 'each[0]/work', 'each[1]/work', 'each[2]/work']
        .map((one) => `${one} succeeded 1.1`)
        .concat('done', 'execution succeeded')
        .toSorted(),
    );
    const many = await open(await loop(101));
    await settled();
    expect(many.sent.map(told)).toEqual(['start succeeded 1.1', 'each succeeded 1.1', 'execution succeeded', 'done']);
  });

  test('a retry after the end is told to whoever comes back', async () => {
    api.app.effects.behave = () => {
      throw new Error('no luck');
    };
    const id = await start(waiting);
    const first = await open(id);
    await settled();
    const failed = [
      'start succeeded 1.1',
      'log first error: NODE_FAILED: no luck',
      'first failed 1.1',
      'execution failed',
      'done',
    ];
    expect(lasting(first.sent)).toEqual(failed);
    for (const [at, event] of first.sent.slice(0, -1).entries()) {
      const rest = await open(id, event.id);
      await settled();
      expect([at, rest.sent.map(told)]).toEqual([at, failed.slice(at + 1)]);
    }
    api.app.effects.behave = () => ({ output: 'ok' });
    await api.call('POST', `/v1/executions/${id}/retry`);
    const second = await open(id, first.sent.at(-2)?.id);
    for (let n = 0; n < 10; n += 1) await api.app.fakeClock.advance(1_000);
    const states = lasting(second.sent);
    expect(states).toContain('first succeeded 2.1');
    expect(states).not.toContain('start succeeded 1.1');
    expect(states.slice(-2)).toEqual(['execution succeeded', 'done']);
  });

  test('a quiet stream is kept alive and ends with the session', async () => {
    const stream = await open(
      await start({
        ...waiting,
        nodes: waiting.nodes.map((node) => (node.id === 'pause' ? { ...node, params: { durationMs: 86_400_000 } } : node)),
      }),
    );
    await settled();
    await api.app.fakeClock.advance(16_000);
    await eventually(() => stream.comments.length === 1);
    await api.app.fakeClock.advance(16_000);
    await eventually(() => stream.comments.length === 2);
    expect(stream.ended()).toBe(false);
    await api.app.fakeClock.advance(12 * 3_600_000);
    await eventually(async () => {
      await api.app.fakeClock.advance(16_000);
      return stream.ended();
    });
    expect(stream.ended()).toBe(true);
    expect(stream.sent.map(told)).not.toContain('done');
  });

  test('what is wrong with a request is a problem document, not a broken stream', async () => {
    const id = await start(waiting);
    const get = (path: string, headers = {}) => api.call('GET', path, undefined, headers);
    expect((await get('/v1/executions/exe_nope/events')).body).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    for (const cursor of ['nonsense', '1.1..0.zz', '1.1..0.0123456789:1', `1.${'9'.repeat(400)}..0.`, '2.1..0.']) {
      expect([cursor, (await get(`/v1/executions/${id}/events`, { 'last-event-id': cursor })).status]).toEqual([cursor, 400]);
    }
    expect((await get(`/v1/executions/${id}/events`, { authorization: null })).status).toBe(401);
  });

  test('a caller can hold only so many streams, and each that ends gives its place back', async () => {
    const id = await start(waiting);
    const streams = await Promise.all(Array.from({ length: 64 }, () => open(id)));
    const refused = await api.call('GET', `/v1/executions/${id}/events`);
    expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMITED']);
    await streams[0]?.cancel();
    await settled();
    await (await open(id)).cancel();
    await Promise.all(streams.map((stream) => stream.cancel()));
  });
});

describe('the live changes of an organization', () => {
  test('begin with an id to go on behind; whoever does is told what it missed', async () => {
    const stream = await openAt('/v1/executions/events');
    await settled();
    expect(stream.sent).toMatchObject([{ id: expect.stringMatching(/^c1\./), data: {} }]);
    await stream.cancel();
    const id = await start(waiting);
    for (let n = 0; n < 10; n += 1) await api.app.fakeClock.advance(1_000);
    const again = await openAt('/v1/executions/events', stream.sent[0]?.id);
    const byQuery = await openAt(`/v1/executions/events?status=succeeded&after=${stream.sent[0]?.id}`);
    await settled();
    for (const { sent } of [again, byQuery]) {
      expect(sent.slice(1)).toMatchObject([{ data: { type: 'execution', execution: { id, status: 'succeeded' } } }]);
    }
    const rest = await openAt('/v1/executions/events', again.sent.at(-1)?.id);
    await settled();
    expect(rest.sent).toHaveLength(1);
    await Promise.all([again, byQuery, rest].map((one) => one.cancel()));
  });

  test('of approvals and workflows have addresses of their own; a wrong id is a problem document', async () => {
    const [approvals, workflows] = [await openAt('/v1/approvals/events'), await openAt('/v1/workflows/events')];
    await settled();
    await start({
      name: 'asks',
      nodes: [
        { id: 'start', type: 'trigger.manual' },
        { id: 'ask', type: 'flow.approval', params: { title: 'May I?' } },
      ],
      edges: [{ from: 'start', to: 'ask' }],
    });
    await api.app.fakeClock.advance(1_000);
    expect(approvals.sent[1]?.data).toMatchObject({ type: 'approval', approval: { title: 'May I?', status: 'pending' } });
    expect(workflows.sent[1]?.data).toMatchObject({ type: 'workflow', workflow: { name: 'asks', deleted: false } });
    const wrong = await api.call('GET', '/v1/workflows/events', undefined, { 'last-event-id': '1.1..0.' });
    expect([wrong.status, wrong.body.code]).toEqual([400, 'MALFORMED_REQUEST']);
  });

  test('say why they end', async () => {
    const key = await api.call('POST', '/v1/api-keys', { name: 'live', role: 'viewer' });
    const headers = { authorization: `Bearer ${String(key.body.key)}` };
    const response = await api.api.fetch(new Request('http://127.0.0.1/v1/executions/events', { headers }));
    const text = response.text();
    await settled();
    await api.call('DELETE', `/v1/api-keys/${String(key.body.id)}`);
    for (let n = 0; n < 6; n += 1) await api.app.fakeClock.advance(10_000);
    expect(await text).toMatch(/event: end\ndata: {"code":"UNAUTHENTICATED","detail":"[^"]+"}\n\n$/);
  });
});

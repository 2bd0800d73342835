import { Execution } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import { StoreUnavailable, type Write } from '@automateos/shared/ports/document-store';
import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { beforeEach, describe, expect, it } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { deploy } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import { listDeadLetters } from '../dead-letters/list-dead-letters.ts';
import { recordDeadMessage } from '../dead-letters/record-dead-message.ts';
import { redriveDeadLetter } from '../dead-letters/redrive-dead-letter.ts';
import { loadStoredValue } from '../engine/stored-values.ts';
import type { EventMessage } from './event-of-message.ts';
import { type MessageDelivery, receiveMessage } from './receive-message.ts';
import { sendEvent } from './send-event.ts';

let app: TestApp;
/** Starts of these workflows meet a store that does not answer. */
let failing: Set<string>;

beforeEach(async () => {
  failing = new Set();
  const store = createFakeDocumentStore();
  const fails = (write: Write) =>
    'data' in write && failing.has(String(write.data.workflowId)) && write.path.includes('/executions/');
  const commit = async (writes: readonly Write[]) => {
    if (writes.some(fails)) throw new StoreUnavailable('down');
    return store.commit(writes);
  };
  app = await createTestApp({ store: { ...store, commit }, workers: { enter: () => null, busy: () => 0 } });
  const { org, userId: ownerId } = owner;
  await app.store.commit([{ kind: 'create', path: paths.installation, data: { org, ownerId, ownerEmail: 'o@example.test' } }]);
});

const listener = (name: string, params: Record<string, string>) =>
  deploy(app, { name, nodes: [{ id: 'on', type: 'trigger.event', params }] });

const message = (
  data: unknown,
  attributes: Record<string, string> = {},
  more: Partial<MessageDelivery> = {},
): MessageDelivery => ({
  topic: 'projects/demo-p/topics/automateos-events',
  messageId: 'm1',
  data: data instanceof Uint8Array ? data : new TextEncoder().encode(typeof data === 'string' ? data : JSON.stringify(data)),
  attributes,
  publishTime: '2026-01-01T00:00:00Z',
  ...more,
});

async function executions(): Promise<readonly { readonly workflowId: string; readonly input: unknown }[]> {
  await settled();
  const rows = await app.store.query({ collection: paths.executions(owner.org) });
  const all = rows.map(({ data }) => Execution.parse(data));
  return Promise.all(
    all.map(async (each) => {
      const plan = await app.plans.load(owner.org, each.workflowId, 1);
      if (!plan) throw new Error('no plan');
      return { workflowId: each.workflowId, input: await loadStoredValue(app, each, plan, each.input) };
    }),
  );
}

const inputs = async () => (await executions()).map(({ input }) => input);

describe('a message of the events topic', () => {
  const plain = 'google.cloud.pubsub.topic.v1.messagePublished';
  const source = '//pubsub.googleapis.com/projects/demo-p/topics/automateos-events';

  it.each<[string, unknown, Record<string, string>, unknown]>([
    ['JSON', { n: 1 }, { shop: 'x', googclient_a: 'b' }, { data: { n: 1 }, attributes: { shop: 'x' } }],
    ['text', 'hello', {}, { data: { text: 'hello' } }],
    ['bytes', new Uint8Array([255, 0]), {}, { data: { base64: '/wA=' } }],
    ['nothing', '', { only: 'attributes' }, { data: null, attributes: { only: 'attributes' } }],
    ['nesting without end', '['.repeat(100_000), {}, { data: { text: '['.repeat(100_000) } }],
  ])('with %s comes as a message published', async (_what, data, attributes, more) => {
    await listener('any', { type: 'google.*', source });
    await receiveMessage(app, message(data, attributes));
    expect(await inputs()).toEqual([{ type: plain, source, id: 'm1', time: '2026-01-01T00:00:00Z', ...(more as object) }]);
  });

  it('that is a CloudEvent in structured mode comes as that; null attributes are absent, extensions are not passed on', async () => {
    await listener('any', { type: 't' });
    const event = { specversion: '1.0', id: 'e', source: '/s', type: 't', subject: null, time: null, ext: 5, data: null };
    await receiveMessage(app, message(event, { 'content-type': 'application/cloudevents+json; charset=UTF-8' }));
    expect(await inputs()).toEqual([{ type: 't', source: '/s', id: 'e', data: null }]);
  });

  it.each([
    ['application/json', 'eyJuIjoxfQ==', { n: 1 }],
    ['text/plain', 'Nw==', { text: '7' }],
    ['image/png', '/wA=', { base64: '/wA=' }],
    [undefined, 'Nw==', 7],
  ])('with data_base64 as %s is decoded', async (datacontenttype, encoded, data) => {
    await listener('any', { type: 't' });
    const event = { specversion: '1.0', id: 'e', source: '/s', type: 't', datacontenttype, data_base64: encoded };
    await receiveMessage(app, message(event, { 'content-type': 'application/cloudevents+json' }));
    expect(await inputs()).toMatchObject([{ data }]);
  });

  it('that is a CloudEvent in binary mode has its attributes beside the data', async () => {
    await listener('any', { type: 't', condition: '{{ input.subject === "a" && input.data.text === "7" }}' });
    const attributes = { 'ce-specversion': '1.0', 'ce-id': 'e', 'ce-source': '/s', 'ce-type': 't', 'ce-subject': 'a' };
    await receiveMessage(app, message('7', { ...attributes, 'Content-Type': 'text/plain' }));
    expect(await inputs()).toMatchObject([{ id: 'e', subject: 'a', data: { text: '7' } }]);
  });

  it.each<[string, unknown, Record<string, string>]>([
    ['lacks attributes', { specversion: '1.0', type: 't' }, { 'content-type': 'application/cloudevents+json' }],
    ['is of another version', '', { 'ce-specversion': '0.3', 'ce-id': 'e', 'ce-source': '/s', 'ce-type': 't' }],
    ['is not JSON', 'nope', { 'content-type': 'application/cloudevents+json' }],
    ['has empty attributes', '', { 'ce-specversion': '1.0', 'ce-id': '', 'ce-source': '', 'ce-type': '' }],
    [
      'has its data twice',
      { specversion: '1.0', id: 'e', source: '/s', type: 't', data: 1, data_base64: 'Nw==' },
      { 'content-type': 'application/cloudevents+json' },
    ],
  ])('that says it is a CloudEvent and %s becomes a dead letter and is not delivered again', async (_what, data, attributes) => {
    await listener('any', { type: 't' });
    await receiveMessage(app, message(data, attributes));
    expect(await inputs()).toEqual([]);
    const { items } = await listDeadLetters(app, owner, { limit: 10, after: null });
    expect(items).toMatchObject([{ status: 'open', reason: 'EVENT_UNDELIVERED', kind: 'message' }]);
    await expect(redriveDeadLetter(app, owner, items[0]?.id ?? '')).rejects.toMatchObject({ code: 'NOT_REDRIVABLE' });
  });

  it('is for the organization of the installation, whatever it says', async () => {
    const { workflowId } = await listener('any', { type: 't' });
    const event = { specversion: '1.0', id: 'e', source: '/s', type: 't', automateosorg: 'org_other', org: 'org_other' };
    await receiveMessage(app, message(event, { 'content-type': 'application/cloudevents+json', org: 'org_other' }));
    expect(await executions()).toMatchObject([{ workflowId }]);
  });

  it('before there is an owner starts nothing', async () => {
    await listener('any', { type: '*' });
    await app.store.commit([{ kind: 'delete', path: paths.installation }]);
    expect(await receiveMessage(app, message('x'))).toEqual({ executionIds: [], refused: 0 });
    expect(await executions()).toEqual([]);
  });
});

describe('delivered again, an event', () => {
  const cloudEvent: EventMessage['attributes'] = { 'ce-specversion': '1.0', 'ce-id': 'e', 'ce-source': '/s', 'ce-type': 't' };

  it('starts each workflow once, also by another way and under another message id', async () => {
    await listener('one', { type: 't' });
    await listener('two', { type: 't' });
    const first = await receiveMessage(app, message({ n: 1 }, cloudEvent));
    expect(first.executionIds).toHaveLength(2);
    expect(await receiveMessage(app, message({ n: 1 }, cloudEvent, { messageId: 'm2' }))).toEqual(first);
    const sent = await sendEvent(app, owner, { event: { type: 't', source: '/s', id: 'e', data: { n: 1 } }, dedupe: null });
    expect(sent.executionIds).toEqual(first.executionIds);
    expect(await executions()).toHaveLength(2);
    await receiveMessage(app, message({ n: 1 }, { ...cloudEvent, 'ce-source': '/other' }));
    expect(await executions()).toHaveLength(4);
  });

  it('at the same time starts each workflow once', async () => {
    await listener('one', { type: 't' });
    const both = await Promise.all([0, 1, 2].map(() => receiveMessage(app, message('x', cloudEvent))));
    expect(new Set(both.flatMap(({ executionIds }) => executionIds)).size).toBe(1);
    expect(await executions()).toHaveLength(1);
  });

  it('starts what failed before and doubles nothing', async () => {
    const names = ['a', 'b', 'c'];
    const made = await Promise.all(names.map((name) => listener(name, { type: '*' })));
    failing.add(made[1]?.workflowId ?? '');
    await expect(receiveMessage(app, message({ n: 1 }))).rejects.toBeInstanceOf(StoreUnavailable);
    expect((await executions()).map(({ workflowId }) => workflowId).toSorted()).toEqual(
      [made[0]?.workflowId, made[2]?.workflowId].toSorted(),
    );
    failing.clear();
    expect((await receiveMessage(app, message({ n: 1 }))).executionIds).toHaveLength(3);
    expect(await executions()).toHaveLength(3);
  });

  it('for the last time becomes a dead letter, whose redrive starts the rest only', async () => {
    const [good, bad] = [await listener('good', { type: '*' }), await listener('bad', { type: '*' })];
    failing.add(bad.workflowId);
    const counted = (deliveryAttempt: number) => message('text', {}, { deliveryAttempt, maxDeliveryAttempts: 5 });
    await expect(receiveMessage(app, counted(4))).rejects.toBeInstanceOf(StoreUnavailable);
    await receiveMessage(app, counted(5));
    failing.clear();
    const { items } = await listDeadLetters(app, owner, { status: 'open', limit: 10, after: null });
    expect(items).toMatchObject([{ reason: 'EVENT_UNDELIVERED', executionId: null }]);
    await redriveDeadLetter(app, owner, items[0]?.id ?? '');
    expect((await executions()).map(({ workflowId }) => workflowId).toSorted()).toEqual(
      [good.workflowId, bad.workflowId].toSorted(),
    );
  });

  it('of a topic by any name is a dead letter as an event', async () => {
    const topic = 'projects/demo-p/topics/orders';
    const never = { 'content-type': 'application/cloudevents+json' };
    await receiveMessage(app, message('no JSON', never, { topic }));
    const { items } = await listDeadLetters(app, owner, { status: 'open', limit: 10, after: null });
    expect(items).toMatchObject([{ reason: 'EVENT_UNDELIVERED' }]);
  });

  it('that the queue itself gave up is kept and can be redriven', async () => {
    await listener('any', { type: '*' });
    const subscription = 'projects/demo-p/subscriptions/automateos-events-dead';
    const attributes = { CloudPubSubDeadLetterSourceSubscription: 'automateos-events', mine: 'x' };
    const { id } = await recordDeadMessage(app, { ...message({ large: 'x'.repeat(50_000) }, attributes), subscription });
    await redriveDeadLetter(app, owner, id);
    expect(await inputs()).toMatchObject([{ data: { large: 'x'.repeat(50_000) }, attributes: { mine: 'x' } }]);
  });
});

describe('many triggers', () => {
  it('are all asked, page after page', async () => {
    const { workflowId } = await listener('any', { type: 't' });
    const [trigger] = await app.store.query({ collection: paths.triggers(owner.org) });
    for (let n = 0; n < 450; n += 1) {
      const other = { ...trigger?.data, nodeId: `other${n}`, params: { type: n === 449 ? 't' : 'else' } };
      await app.store.commit([
        { kind: 'create', path: paths.trigger(owner.org, `trg_${String(n).padStart(4, '0')}`), data: other },
      ]);
    }
    const { executionIds, refused } = await receiveMessage(
      app,
      message('', { 'ce-specversion': '1.0', 'ce-id': 'e', 'ce-source': '/s', 'ce-type': 't' }),
    );
    // the copy names a trigger that its workflow does not have
    expect([executionIds.length, refused]).toEqual([1, 1]);
    expect(await executions()).toMatchObject([{ workflowId }]);
  });

  it('one that refuses the event keeps no other from it, and who sends it is told', async () => {
    await listener('any', { type: 't' });
    const [trigger] = await app.store.query({ collection: paths.triggers(owner.org) });
    const odd = { ...trigger?.data, nodeId: 'gone' };
    await app.store.commit([{ kind: 'create', path: paths.trigger(owner.org, 'a'), data: odd }]);
    const send = () => sendEvent(app, owner, { event: { type: 't' }, dedupe: null });
    expect(await send()).toMatchObject({ executionIds: [expect.any(String)], refused: [{ nodeId: 'gone' }] });
    await app.store.commit([{ kind: 'delete', path: trigger?.path ?? '' }]);
    await expect(send()).rejects.toMatchObject({ code: 'TRIGGER_UNKNOWN' });
  });

  it('a condition that fails is no match', async () => {
    await listener('odd', { type: 't', condition: '{{ input.data.a.b.c( }}' }).catch(() => undefined);
    await listener('deep', { type: 't', condition: '{{ input.data.missing.deeper === 1 }}' });
    expect((await sendEvent(app, owner, { event: { type: 't', data: null }, dedupe: null })).executionIds).toEqual([]);
  });
});

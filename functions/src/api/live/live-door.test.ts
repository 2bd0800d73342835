import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { ServerMessage } from '@automateos/shared/model/live-message';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { settled } from '../../testing/fake-clock.ts';
import { edges, effect, type Node, start } from '../../testing/run-definition.ts';
import { createHttpServer } from '../http-server.ts';
import { createLiveDoor } from './live-door.ts';
import { createStreamLimit } from './stream-limit.ts';
import { createUpgradeListener, type UpgradeListener } from './upgrade-listener.ts';

let api: ApiFixture;
let server: Server;
let upgrades: UpgradeListener;
let clients: Client[];
/** The server's ends of its connections. */
let serverSockets: Set<{ readonly writableLength: number }>;

beforeEach(async () => {
  api = await createApiFixture();
  clients = [];
  const { app, identity } = api;
  const streams = createStreamLimit({ caller: 2_000, organization: 2_000, all: 2_000 });
  const options = { app, identity, streams, trustedProxies: 0, corsOrigins: ['https://console.example'] };
  upgrades = createUpgradeListener({ '/v1/live': async () => createLiveDoor(options) });
  server = createHttpServer({ api: api.api, upgrades });
  serverSockets = new Set();
  server.on('connection', (socket) => serverSockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  for (const { ws } of clients) ws.terminate();
  server.closeAllConnections();
  server.close();
});

type Client = {
  readonly ws: WebSocket;
  readonly got: ServerMessage[];
  readonly closed: () => { readonly code: number; readonly reason: string } | null;
  say(message: unknown): void;
  /** The next message of that type about that id that has not been asked for. */
  hear(type: ServerMessage['type'], id?: string): Promise<ServerMessage>;
  end(): Promise<{ readonly code: number; readonly reason: string }>;
};

/** Real sockets need real turns of the event loop; the platform's time stands still meanwhile. */
async function until(condition: () => boolean, what: () => string): Promise<void> {
  for (let turn = 0; turn < 20_000; turn += 1) {
    if (condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`never: ${what()}`);
}

async function connect(query = '', headers: Record<string, string> = {}): Promise<Client> {
  const { port } = server.address() as AddressInfo; // it listens on a port
  const ws = new WebSocket(`ws://127.0.0.1:${port}/v1/live${query}`, { headers });
  const got: ServerMessage[] = [];
  const heard = new Set<ServerMessage>();
  let closed: { code: number; reason: string } | null = null;
  ws.on('message', (data) => got.push(ServerMessage.parse(JSON.parse(String(data)))));
  ws.on('close', (code, reason) => {
    closed = { code, reason: reason.toString() };
  });
  ws.on('error', () => {}); // `closed` tells
  await once(ws, 'open');
  const client: Client = {
    ...{ ws, got, closed: () => closed },
    say: (message) => ws.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async hear(type, id) {
      const find = () => got.find((one) => !heard.has(one) && one.type === type && (id === undefined || one.id === id));
      await until(
        () => find() !== undefined,
        () => `${type} ${id} among ${JSON.stringify(got).slice(0, 2_000)}, closed ${JSON.stringify(closed)}`,
      );
      const found = find();
      if (found === undefined) throw new Error('it was there');
      heard.add(found);
      return found;
    },
    async end() {
      await until(
        () => closed !== null,
        () => 'closed',
      );
      return closed ?? { code: 0, reason: '' };
    },
  };
  clients.push(client);
  return client;
}

const bearer = (): Record<string, string> => ({ authorization: `Bearer ${api.token}` });

async function signedIn(): Promise<Client> {
  const client = await connect('', bearer());
  await client.hear('authenticated');
  return client;
}

async function ticket(): Promise<string> {
  const answer = await api.call('POST', '/v1/live/ticket');
  expect(answer.status).toBe(201);
  const expiresAt = new Date(api.app.clock.now() + 30_000).toISOString();
  expect(answer.body).toMatchObject({ url: 'ws://127.0.0.1:8080/v1/live', expiresAt });
  return String(answer.body.ticket);
}

async function must(method: string, path: string, body?: unknown): Promise<JsonObject> {
  const answer = await api.call(method, path, body);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.body;
}

async function deploy(nodes: Node[] = [start, effect('a'), effect('b')], pairs = ['go>a', 'a>b']): Promise<string> {
  return String((await must('POST', '/v1/workflows', { name: 'flow', nodes, edges: edges(...pairs) })).id);
}

const begin = async (workflow: string): Promise<string> =>
  String((await must('POST', `/v1/workflows/${workflow}/executions`, { input: {} })).id);

async function pass(ms: number): Promise<void> {
  await settled();
  await api.app.fakeClock.advance(ms);
  await settled();
}

const codeOf = (message: JsonValue | ServerMessage): unknown =>
  typeof message === 'object' && message !== null && 'code' in message ? message.code : null;

const eventsOf = (client: Client, id: string) =>
  client.got.flatMap((one) => (one.type === 'event' && one.id === id ? [one] : []));

describe('who is let in', () => {
  test('by header, by first message, by ticket; each is told who it is', async () => {
    const byHeader = await connect('', bearer());
    expect(await byHeader.hear('authenticated')).toMatchObject({ organization: api.owner.principal.org, role: 'owner' });
    const byMessage = await connect();
    byMessage.say({ type: 'authenticate', id: 'me', token: api.token });
    expect(await byMessage.hear('authenticated', 'me')).toMatchObject({ role: 'owner' });
    const byTicket = await connect(`?ticket=${await ticket()}`);
    expect(await byTicket.hear('authenticated')).toMatchObject({ role: 'owner' });
    byTicket.say({ type: 'authenticate', id: 'again', token: api.token });
    expect(codeOf(await byTicket.hear('error', 'again'))).toBe('CONFLICT');
    byTicket.say({ type: 'ping', id: 'p' });
    await byTicket.hear('pong', 'p');
  });

  test('nobody with a wrong token, a foreign organization, a message before authentication, or none at all', async () => {
    const cases: readonly [Record<string, string>, unknown, string][] = [
      [{ authorization: `Bearer ${api.token}x` }, null, 'UNAUTHENTICATED'],
      [{ ...bearer(), 'x-organization-id': 'org_other' }, null, 'NOT_FOUND'],
      [{}, { type: 'authenticate', token: 'nonsense-token' }, 'UNAUTHENTICATED'],
      [{}, { type: 'authenticate', token: api.token, organization: 'org_other' }, 'NOT_FOUND'],
      [{}, { type: 'subscribe', id: 's', stream: 'executions' }, 'UNAUTHENTICATED'],
    ];
    for (const [headers, message, code] of cases) {
      const client = await connect('', headers);
      if (message !== null) client.say(message);
      expect([message, codeOf(await client.hear('error'))]).toEqual([message, code]);
      expect((await client.end()).code).toBe(4401);
    }
    const silent = await connect();
    await pass(10_001);
    expect((await silent.end()).code).toBe(4401);
  });

  test('a ticket is for once, for half a minute, and for the organization it was asked in', async () => {
    const used = await ticket();
    await (await connect(`?ticket=${used}`)).hear('authenticated');
    const late = await ticket();
    await pass(30_001);
    for (const bad of [used, late, 'tkt_000000000000000000000000', '', '../x', 'x'.repeat(2_000)]) {
      const client = await connect(`?ticket=${encodeURIComponent(bad)}`);
      expect([bad, (await client.end()).code]).toEqual([bad, 4401]);
      expect(codeOf(client.got[0] ?? null)).toBe('UNAUTHENTICATED');
    }
    const twice = await ticket();
    const doubled = await connect(`?ticket=${twice}&ticket=${twice}`);
    expect((await doubled.end()).code).toBe(4401);
    const both = await Promise.all([connect(`?ticket=${twice}`), connect(`?ticket=${twice}`)]);
    await until(
      () => both.every(({ got }) => got.length > 0),
      () => 'both are answered',
    );
    expect(both.map(({ got }) => got[0]?.type).toSorted()).toEqual(['authenticated', 'error']);
    const documents = JSON.stringify(api.store.documents());
    expect(documents).not.toContain(api.token);
    expect(documents).not.toContain(used);
    expect((await api.call('POST', '/v1/live/ticket', undefined, { authorization: null })).status).toBe(401);
  });

  test('pages of other origins are refused before anything', async () => {
    await (await connect('', { ...bearer(), origin: 'https://console.example' })).hear('authenticated');
    const { port } = server.address() as AddressInfo; // as above
    await (await connect('', { ...bearer(), origin: `http://127.0.0.1:${port}` })).hear('authenticated');
    for (const origin of [
      'https://evil.example',
      'null',
      'https://console.example.evil.example',
      'https://console.example:444',
    ]) {
      await expect(connect('', { ...bearer(), origin })).rejects.toThrow('403');
    }
  });
});

describe('subscriptions', () => {
  test('an execution is told in full, its end too, and from any event on exactly the rest', async () => {
    const id = await begin(await deploy());
    const client = await signedIn();
    client.say({ type: 'subscribe', id: 'whole', stream: 'execution', executionId: id });
    await client.hear('done', 'whole');
    const whole = eventsOf(client, 'whole');
    expect(whole.map(({ event }) => event.type)).toEqual(['step', 'step', 'step', 'execution']);
    for (const [at, { eventId }] of whole.entries()) {
      client.say({ type: 'subscribe', id: `from-${at}`, stream: 'execution', executionId: id, after: eventId });
      await client.hear('done', `from-${at}`);
      expect(eventsOf(client, `from-${at}`).map(({ event }) => event)).toEqual(whole.slice(at + 1).map(({ event }) => event));
    }
  });

  test('connections that break at any moment and go on behind the last event add up to the history', async () => {
    const sleep: Node = { id: 'nap', type: 'flow.wait', params: { durationMs: 1_000 } };
    const steps = Array.from({ length: 6 }, (_, n) => effect(`s${n}`));
    const chain = ['go>s0', 's0>s1', 's1>nap', 'nap>s2', 's2>s3', 's3>s4', 's4>s5'];
    const id = await begin(await deploy([start, sleep, ...steps], chain));
    const seen: string[] = [];
    let after: string | undefined;
    for (let round = 0; round < 200; round += 1) {
      const client = await signedIn();
      client.say({ type: 'subscribe', id: 's', stream: 'execution', executionId: id, ...(after === undefined ? {} : { after }) });
      await client.hear('subscribed', 's');
      for (let turn = 0; turn < (round * 13) % 29; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await pass(round % 3 === 0 ? 250 : 0);
      client.ws.terminate(); // whatever is on its way is lost
      for (const { eventId, event } of eventsOf(client, 's')) {
        after = eventId;
        if (event.type === 'step') seen.push(`${event.step.nodeId} ${event.step.status}`);
      }
      if (client.got.some(({ type }) => type === 'done')) break;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((one) => one.endsWith('succeeded')).toSorted()).toEqual(
      ['go', 'nap', ...steps.map((step) => step.id)].map((node) => `${node} succeeded`).toSorted(),
    );
  });

  test('changes of the organization arrive under the id of their subscription', async () => {
    const client = await signedIn();
    for (const stream of ['executions', 'approvals', 'workflows']) client.say({ type: 'subscribe', id: stream, stream });
    expect(await client.hear('subscribed', 'workflows')).toMatchObject({ eventId: expect.stringMatching(/^c1\./) });
    await pass(200);
    const ask: Node = { id: 'ask', type: 'flow.approval', params: { title: 'May I?' } };
    await begin(await deploy([start, ask], ['go>ask']));
    await pass(500);
    expect(await client.hear('event', 'executions')).toMatchObject({ event: { execution: { status: 'waiting' } } });
    expect(await client.hear('event', 'approvals')).toMatchObject({ event: { approval: { status: 'pending' } } });
    expect(await client.hear('event', 'workflows')).toMatchObject({ event: { workflow: { deleted: false } } });
    client.say({ type: 'unsubscribe', id: 'workflows' });
    await client.hear('unsubscribed', 'workflows');
    await must('POST', '/v1/workflows', { name: 'another', nodes: [start] });
    await pass(500);
    client.say({ type: 'ping' });
    await client.hear('pong');
    expect(eventsOf(client, 'workflows')).toHaveLength(1);
  });

  test('a window holds events back until they are acknowledged', async () => {
    const id = await begin(await deploy());
    const client = await signedIn();
    client.say({ type: 'subscribe', id: 'w', stream: 'execution', executionId: id, window: 1 });
    const first = await client.hear('event', 'w');
    client.say({ type: 'ping', id: 'a' });
    await client.hear('pong', 'a');
    await pass(1_000);
    expect(eventsOf(client, 'w')).toHaveLength(1);
    client.say({ type: 'ack', id: 'w', eventId: 'of nothing' });
    client.say({ type: 'ack', id: 'w', eventId: first.type === 'event' ? first.eventId : '' });
    await client.hear('event', 'w');
    client.say({ type: 'unsubscribe', id: 'w' });
    await client.hear('unsubscribed', 'w');
  });

  test('beyond the limit of a connection are refused, one by one, and places come back', async () => {
    const client = await signedIn();
    for (let n = 0; n < 1_000; n += 1) {
      client.say({ type: 'subscribe', id: `s${n}`, stream: 'executions' });
      if (n % 20 < 19) continue;
      await until(
        () => client.got.length === n + 2,
        () => `answers to ${n} subscriptions`,
      );
      await api.app.fakeClock.advance(1_000); // so many messages are allowed
    }
    const answers = client.got.slice(1).map((one) => (one.type === 'error' ? one.code : one.type));
    expect(answers).toEqual([...Array(100).fill('subscribed'), ...Array(900).fill('TOO_MANY_SUBSCRIPTIONS')]);
    client.say({ type: 'unsubscribe', id: 's0' });
    await client.hear('unsubscribed', 's0');
    client.say({ type: 'subscribe', id: 'more', stream: 'executions' });
    await client.hear('subscribed', 'more');
    client.say({ type: 'subscribe', id: 'more', stream: 'executions' });
    expect(codeOf(await client.hear('error', 'more'))).toBe('CONFLICT');
  });

  test('foreign and unknown executions, ids of other streams and messages of no protocol have their codes', async () => {
    const client = await signedIn();
    client.say({ type: 'subscribe', id: 'x', stream: 'execution', executionId: 'exe_foreign' });
    expect(codeOf(await client.hear('end', 'x'))).toBe('NOT_FOUND');
    client.say({ type: 'subscribe', id: 'y', stream: 'executions', after: '1.1..0.' });
    expect(codeOf(await client.hear('error', 'y'))).toBe('MALFORMED_REQUEST');
    const nonsense = [
      '',
      '{',
      'null',
      '[]',
      '"x"',
      '{"type":"subscribe"}',
      '{"type":"subscribe","id":"../x","stream":"executions"}',
    ];
    const wrong = [
      '{"type":"__proto__"}',
      '{"type":"ping","__proto__":{}}',
      '{"type":"subscribe","id":"a","stream":"all"}',
      '['.repeat(9_000),
    ];
    for (const message of [...nonsense, ...wrong]) {
      client.say(message);
      expect([message.slice(0, 60), codeOf(await client.hear('error'))]).toEqual([message.slice(0, 60), 'MALFORMED_REQUEST']);
    }
    client.say({ type: 'subscribe', id: 'z', stream: 'executions', windows: 5 });
    expect(await client.hear('error', 'z')).toMatchObject({
      detail: expect.stringContaining('windows: There is no field "windows" here.'),
    });
    client.say({ type: 'subscribe', id: 'zz', stream: 'execution' });
    expect(await client.hear('error', 'zz')).toMatchObject({ detail: expect.stringContaining('executionId is missing.') });
    client.say({ type: 'unsubscribe', id: 'nothing' });
    expect(codeOf(await client.hear('error', 'nothing'))).toBe('NOT_FOUND');
    expect(client.closed()).toBeNull();
  });
});

describe('what a connection may not do', () => {
  test('send frames too large or binary', async () => {
    const large = await signedIn();
    large.say(JSON.stringify({ type: 'ping', id: 'x'.repeat(70_000) }));
    expect((await large.end()).code).toBe(1009);
    const binary = await signedIn();
    binary.ws.send(Buffer.from([1, 2, 3]));
    expect((await binary.end()).code).toBe(1003);
  });

  test('flood with messages, or with pings of the protocol', async () => {
    const messages = await signedIn();
    for (let n = 0; n < 300; n += 1) messages.say({ type: 'ping', id: `p${n}` });
    expect((await messages.end()).code).toBe(4429);
    expect(messages.got.length).toBeLessThanOrEqual(102);
    const pings = await signedIn();
    for (let n = 0; n < 300; n += 1) pings.ws.ping();
    expect([4429, 1006]).toContain((await pings.end()).code); // 1006: the WebSocket library was quicker
  });

  test('stay without use, or without an answer to pings', async () => {
    const key = String((await must('POST', '/v1/api-keys', { name: 'live', role: 'viewer' })).key);
    const idle = await connect('', { authorization: `Bearer ${key}` });
    await idle.hear('authenticated');
    for (let n = 0; n < 21; n += 1) {
      const pong = once(idle.ws, 'ping');
      await pass(30_001);
      if (n < 19) await pong;
    }
    expect((await idle.end()).code).toBe(4408);
    const gone = await connect('', { authorization: `Bearer ${key}` });
    await gone.hear('authenticated');
    gone.ws.pause(); // reads nothing, so it answers nothing
    await pass(30_001);
    await pass(30_001);
    gone.ws.resume();
    expect((await gone.end()).code).toBe(1006);
  });

  test('hold more than a little of what it does not read', async () => {
    const value = 'x'.repeat(30_000);
    api.app.effects.behave = () => ({ output: value });
    const steps = Array.from({ length: 60 }, (_, n) => effect(`s${n}`));
    const chain = steps.map(({ id }, n) => (n === 0 ? `go>${id}` : `s${n - 1}>${id}`));
    const id = await begin(await deploy([start, ...steps], chain));
    const client = await signedIn();
    client.ws.pause();
    for (let n = 0; n < 20; n += 1) client.say({ type: 'subscribe', id: `s${n}`, stream: 'execution', executionId: id });
    for (let turn = 0; turn < 500; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    // 20 x 60 x 30 kB were to be sent; what the kernel does not take waits as one frame
    expect(Math.max(...[...serverSockets].map((socket) => socket.writableLength))).toBeLessThan(1_000_000);
    await pass(30_001);
    client.ws.resume();
    expect([1006, 1013]).toContain((await client.end()).code);
  });
});

describe('the right to be there', () => {
  test('is asked for again: a connection whose session ended is closed within a minute', async () => {
    const key = await must('POST', '/v1/api-keys', { name: 'live', role: 'viewer' });
    const client = await connect('', { authorization: `Bearer ${String(key.key)}` });
    await client.hear('authenticated');
    client.say({ type: 'subscribe', id: 's', stream: 'executions' });
    await client.hear('subscribed', 's');
    const idle = await connect('', { authorization: `Bearer ${String(key.key)}` });
    await idle.hear('authenticated');
    await must('DELETE', `/v1/api-keys/${String(key.id)}`);
    await pass(30_001);
    await pass(30_001);
    for (const one of [client, idle]) expect((await one.end()).code).toBe(4401);
  });

  test('a server that ends says so', async () => {
    const client = await signedIn();
    client.say({ type: 'subscribe', id: 's', stream: 'executions' });
    await client.hear('subscribed', 's');
    await Promise.all([upgrades.close(), client.end()]);
    expect(client.closed()).toMatchObject({ code: 1001 });
    await expect(connect('', bearer())).rejects.toThrow('503');
  });
});

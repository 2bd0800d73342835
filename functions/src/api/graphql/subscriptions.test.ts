import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isJsonObject, type JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createKeyRing } from '../../adapters/embedded/key-file-ring.ts';
import { quietMaintenance } from '../../testing/api-fixture.ts';
import { settled } from '../../testing/fake-clock.ts';
import { createGraphqlFixture, type GraphqlFixture } from '../../testing/graphql-fixture.ts';
import { createStreamLimit } from '../live/stream-limit.ts';
import { createUpgradeListener, type UpgradeListener } from '../live/upgrade-listener.ts';
import { closedGraphql, openGraphql } from './graphql-settings.ts';
import { createGraphqlSocketDoor } from './graphql-socket-door.ts';

let api: GraphqlFixture;
let server: Server;
let upgrades: UpgradeListener;

beforeEach(async () => {
  api = await createGraphqlFixture();
  const { app, identity } = api;
  const keyRing = createKeyRing([{ id: 'test', bytes: new Uint8Array(32).fill(7) }]);
  const served = { app, identity, keyRing, maintenance: quietMaintenance, streams: createStreamLimit(), graphql: openGraphql };
  const options = { ...served, trustedProxies: 0, corsOrigins: ['https://console.example'] };
  upgrades = createUpgradeListener({
    '/graphql': async () => createGraphqlSocketDoor(options),
    '/closed': async () => createGraphqlSocketDoor({ ...options, graphql: closedGraphql }),
  });
  server = createServer().on('upgrade', upgrades.accept);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

type Client = {
  readonly got: JsonObject[];
  readonly closed: () => number | null;
  readonly protocol: () => string;
  send(message: unknown): void;
  close(): void;
};

async function connect(
  protocol: string | string[] = 'graphql-transport-ws',
  path = '/graphql',
  origin?: string,
): Promise<Client> {
  const { port } = server.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocol, origin === undefined ? {} : { origin });
  const got: JsonObject[] = [];
  let closed: number | null = null;
  socket.on('message', (data) => {
    const message: unknown = JSON.parse(String(data));
    if (isJsonObject(message)) got.push(message);
  });
  socket.on('close', (code) => {
    closed = code;
  });
  socket.on('error', () => {});
  await eventually(() => socket.readyState === socket.OPEN || closed !== null);
  return {
    got,
    closed: () => closed,
    protocol: () => socket.protocol,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    close: () => socket.close(),
  };
}

/** Sockets are real: they take turns of the event loop, not virtual time. */
async function eventually(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000 && !condition(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(condition()).toBe(true);
}

async function open(path = '/graphql'): Promise<Client> {
  const client = await connect('graphql-transport-ws', path);
  client.send({ type: 'connection_init', payload: { authorization: `Bearer ${api.token}` } });
  await eventually(() => client.got.length === 1);
  expect(client.got.shift()).toEqual({ type: 'connection_ack' });
  return client;
}

const subscribe = (id: string, query: string, variables: JsonObject = {}) => ({
  id,
  type: 'subscribe',
  payload: { query, variables },
});

const waiting = {
  name: 'waiting',
  nodes: [
    { id: 'start', type: 'trigger.manual' },
    { id: 'pause', type: 'flow.wait', params: { durationMs: 5_000 } },
    { id: 'say', type: 'data.set', params: { values: { text: 'done' } } },
  ],
  edges: [
    { from: 'start', to: 'pause' },
    { from: 'pause', to: 'say' },
  ],
};

async function startWaiting(): Promise<string> {
  const workflow = await api.call('POST', '/v1/workflows?activate=true', waiting);
  const started = await api.call('POST', `/v1/workflows/${workflow.body.id}/executions`, {});
  await settled();
  return String(started.body.id);
}

const events = `subscription ($id: ID!, $after: String) { executionEvents(executionId: $id, after: $after) { id event {
  __typename
  ... on StepChanged { step { nodeId status output } }
  ... on ExecutionChanged { execution { id status workflow { name } } }
} } }`;

/** `say SUCCEEDED`, `execution SUCCEEDED`. */
function told(data: unknown): string {
  const event = ((data as JsonObject).executionEvents as JsonObject).event as JsonObject;
  const { step, execution } = event as { step?: JsonObject; execution?: JsonObject };
  return step === undefined ? `execution ${execution?.status}` : `${step.nodeId} ${step.status}`;
}

async function advance(seconds: number): Promise<void> {
  for (let n = 0; n < seconds; n += 1) await api.app.fakeClock.advance(1_000);
  await settled();
}

describe('subscriptions over WebSocket', () => {
  test('an execution is followed to its end, with what it points at', async () => {
    const id = await startWaiting();
    const client = await open();
    client.send(subscribe('1', events, { id }));
    await eventually(() => client.got.length >= 2);
    for (let n = 0; n < 10 && client.got.at(-1)?.type !== 'complete'; n += 1) {
      await advance(1);
      for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(() => client.got.at(-1)?.type === 'complete');
    const data = client.got.filter(({ type }) => type === 'next').map(({ payload }) => (payload as JsonObject).data);
    const lines = data.map(told);
    expect(lines).toContain('pause WAITING');
    expect(lines.slice(-2)).toEqual(['say SUCCEEDED', 'execution SUCCEEDED']);
    expect(JSON.stringify(data.at(-1))).toContain('"workflow":{"name":"waiting"}');
    client.close();
  });

  test('queries and mutations go over it, too, within the same limits', async () => {
    const client = await open();
    client.send(subscribe('1', '{ viewer { role } }'));
    await eventually(() => client.got.length === 2);
    expect(client.got).toEqual([
      { id: '1', type: 'next', payload: { data: { viewer: { role: 'OWNER' } } } },
      { id: '1', type: 'complete' },
    ]);
    client.send(subscribe('2', `{ ${Array.from({ length: 30 }, (_, n) => `a${n}: viewer { role }`).join(' ')} }`));
    await eventually(() => client.got.length === 3);
    expect(client.got[2]).toMatchObject({ id: '2', type: 'error', payload: [{ extensions: { code: 'QUERY_TOO_LARGE' } }] });
    expect(JSON.stringify(client.got[2])).not.toContain('"http"');
    client.send(subscribe('3', events, { id: 'exe_of_another' }));
    await eventually(() => client.got.length >= 4);
    expect(JSON.stringify(client.got[3])).toContain('"NOT_FOUND"');
    client.close();
  });

  test('what is not the protocol closes the socket', async () => {
    const wrong = await connect('graphql-ws');
    await eventually(() => wrong.closed() !== null);
    const early = await connect();
    early.send(subscribe('1', '{ viewer { role } }'));
    await eventually(() => early.closed() === 4401);
    const twice = await open();
    twice.send({ type: 'connection_init' });
    await eventually(() => twice.closed() === 4429);
    const stranger = await connect();
    stranger.send({ type: 'connection_init', payload: { authorization: 'Bearer nobody-at-all' } });
    await eventually(() => stranger.closed() === 4403);
    for (const message of ['no json', '{"type":"nothing"}', '[]', '{"type":"ping","payload":{"__proto__":1}}']) {
      const client = await open();
      client.send(message);
      await eventually(() => client.closed() === 4400);
    }
    const same = await open();
    const id = await startWaiting();
    same.send(subscribe('1', events, { id }));
    same.send(subscribe('1', events, { id }));
    await eventually(() => same.closed() === 4409);
    const large = await open();
    large.send(subscribe('1', `#${'x'.repeat(1_100_000)}`));
    await eventually(() => large.closed() === 1009);
  });

  test('pages of other origins are refused before anything', async () => {
    const { port } = server.address() as AddressInfo;
    for (const origin of ['https://console.example', `http://127.0.0.1:${port}`]) {
      expect([origin, (await connect('graphql-transport-ws', '/graphql', origin)).closed()]).toEqual([origin, null]);
    }
    for (const origin of ['https://evil.example', 'null', 'https://console.example.evil.example', 'file://']) {
      expect([origin, (await connect('graphql-transport-ws', '/graphql', origin)).closed()]).toEqual([origin, 1006]);
    }
  });

  test('a flood of subscriptions is refused one by one, and the socket lives on', async () => {
    const id = await startWaiting();
    const client = await open();
    for (let n = 0; n < 300; n += 1) client.send(subscribe(`s${n}`, events, { id }));
    const refused = () => client.got.filter((message) => JSON.stringify(message).includes('"RATE_LIMITED"'));
    await eventually(() => refused().length >= 200);
    expect(client.closed()).toBeNull();
    client.close();
  });

  test('who is no member any more is told, and hears nothing after a minute', async () => {
    const id = await startWaiting();
    const client = await open();
    client.send(subscribe('1', 'subscription { executionList { execution { id status } } }'));
    client.send(subscribe('2', 'subscription { workflowUpdated { workflowId deleted workflow { name } } }'));
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await api.app.store.commit([{ kind: 'delete', path: paths.member(api.owner.principal.org, api.owner.principal.userId) }]);
    for (let n = 0; n < 60 && client.got.filter(({ type }) => type === 'error' || type === 'complete').length < 2; n += 1) {
      await advance(1);
      for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(new Set(client.got.filter(({ type }) => type === 'error').map((message) => message.id))).toEqual(new Set(['1', '2']));
    client.send(subscribe('3', '{ viewer { role } }'));
    await eventually(() => client.got.some((message) => message.id === '3'));
    expect(client.got.find((message) => message.id === '3')).toMatchObject({ type: 'error' });
    expect(id).toMatch(/^exe_/);
    client.close();
  });

  test('where the schema is not told, it is not told here either', async () => {
    const client = await open('/closed');
    client.send(subscribe('1', '{ __schema { types { name } } }'));
    await eventually(() => client.got.length === 1);
    const { type, payload } = client.got[0] ?? {};
    const codes = (payload as readonly JsonObject[]).map(({ extensions }) => (extensions as JsonObject).code);
    expect([type, new Set(codes)]).toEqual(['error', new Set(['GRAPHQL_VALIDATION_FAILED'])]);
    client.close();
  });

  test('the server says goodbye', async () => {
    const client = await open();
    await upgrades.close();
    await eventually(() => client.closed() === 1001);
  });
});

describe('subscriptions over Server-Sent Events', () => {
  test('history comes first, and whoever comes back gets the rest', async () => {
    const id = await startWaiting();
    await advance(10);
    const read = async (after: string | null) => {
      const { text } = await api.call(
        'POST',
        '/graphql',
        { query: events, variables: { id, after } },
        { accept: 'text/event-stream' },
      );
      const lines = text.split('\n').filter((line) => line.startsWith('data: {'));
      return lines.map((line) => (JSON.parse(line.slice(6)) as JsonObject).data as JsonObject);
    };
    const whole = await read(null);
    expect(whole.map(told).slice(-2)).toEqual(['say SUCCEEDED', 'execution SUCCEEDED']);
    const { executionEvents } = whole.at(-2) ?? {};
    const after = isJsonObject(executionEvents) ? String(executionEvents.id) : null;
    expect((await read(after)).map(told)).toEqual(['execution SUCCEEDED']);
  });
});

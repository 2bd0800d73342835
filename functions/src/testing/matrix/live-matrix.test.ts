/** /v1/live: every stream x every role, scope and way of saying who one is, strangers, and tokens and tickets that open nothing. */
import { LiveSubscribe, liveCloseCodes, type ServerMessage } from '@automateos/shared/model/live-message';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLiveConnection, type LiveConnection } from '../../api/live/live-connection.ts';
import { createStreamLimit } from '../../api/live/stream-limit.ts';
import { type Action, mayDo } from '../../app/auth/permissions.ts';
import { settled } from '../fake-clock.ts';
import { type Caller, createKey, createPerson, signIn } from './callers.ts';
import { createWorld, type World } from './world.ts';

type Stream = LiveSubscribe['stream'];

const needs: Readonly<Record<Stream, Action>> = {
  execution: 'executions.read',
  executions: 'executions.read',
  approvals: 'approvals.read',
  workflows: 'workflows.read',
};
const streams = LiveSubscribe.options.map(({ shape }) => shape.stream.value);

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

/** More than a connection says in a second, again. */
beforeEach(() => world.fixture.app.fakeClock.advance(10_000));

type Client = {
  readonly got: ServerMessage[];
  readonly connection: LiveConnection;
  readonly closed: () => number | null;
  say(message: object): Promise<void>;
};

type By = Partial<Parameters<LiveConnection['begin']>[0]>;

/** A connection without a network; `by` what its request brings along. */
async function connect(by: By = {}): Promise<Client> {
  const { app, identity } = world.fixture;
  const got: ServerMessage[] = [];
  let code: number | null = null;
  const connection = createLiveConnection({
    ...{ app, identity },
    streams: createStreamLimit(),
    from: { clientAddress: '192.0.2.1', requestId: 'req_live' },
    socket: {
      answer: (message) => void (code ?? got.push(message)),
      send: async (message) => code === null && got.push(message) > 0,
      close: (why) => {
        code ??= why;
      },
    },
  });
  connection.begin({ ticket: null, authorization: null, organization: null, ...by });
  const isAnswered = () => got.length > 0 || code !== null;
  // a signature is looked at in a thread of its own
  for (let turn = 0; turn < 100 && !(isAnswered() || Object.keys(by).length === 0); turn += 1) await settled();
  return {
    ...{ got, connection, closed: () => code },
    async say(message) {
      const before = got.length;
      connection.text(JSON.stringify(message));
      for (let turn = 0; turn < 100 && got.length === before && code === null; turn += 1) await settled();
      await settled();
    },
  };
}

async function ticketFor(authorization: string): Promise<string> {
  const { body, text } = await world.fixture.call('POST', '/v1/live/ticket', undefined, { authorization });
  expect(body.ticket, text).toEqual(expect.any(String));
  return String(body.ticket);
}

const bearer = ({ token }: Caller) => `Bearer ${token}`;

/** The ways of saying who one is. */
const ways: Readonly<Record<string, (caller: Caller) => Promise<Client>>> = {
  header: (caller) => connect({ authorization: bearer(caller) }),
  ticket: async (caller) => connect({ ticket: await ticketFor(bearer(caller)) }),
  async message({ token }) {
    const client = await connect();
    await client.say({ type: 'authenticate', token });
    return client;
  },
};

const asked = (stream: Stream) => ({
  ...{ type: 'subscribe', id: stream, stream },
  ...(stream === 'execution' ? { executionId: world.home.things.executionId } : {}),
});

const may = ({ role, scopes }: Caller, action: Action): boolean =>
  mayDo(role, action) && (scopes === undefined || scopes.includes(action));

const about = ({ got }: Client, stream: Stream): readonly string[] =>
  got.flatMap((message) => (message.id !== stream ? [] : [message.type === 'error' ? message.code : message.type]));

test('every stream of the protocol is in this matrix', () => {
  expect(streams.toSorted()).toEqual(Object.keys(needs).toSorted());
});

describe('the people and keys of the organization', () => {
  for (const way of Object.keys(ways)) {
    test(`follow what their role and scopes allow, known by ${way}`, async () => {
      for (const caller of [...world.callers, ...[...world.scoped.values()].flat()]) {
        const client = await ways[way]?.(caller);
        if (client === undefined) throw new Error(way);
        expect([caller.name, client.got[0]]).toMatchObject([
          caller.name,
          { type: 'authenticated', organization: world.home.org },
        ]);
        for (const stream of streams) {
          await client.say(asked(stream));
          const allowed = may(caller, needs[stream]);
          expect([caller.name, stream, about(client, stream)[0]]).toEqual([
            caller.name,
            stream,
            allowed ? 'subscribed' : 'FORBIDDEN',
          ]);
          if (stream === 'execution')
            expect([caller.name, about(client, stream).includes('event')]).toEqual([caller.name, allowed]);
        }
        client.connection.ended();
      }
    });
  }

  test('nobody follows before they have said who they are', async () => {
    for (const stream of streams) {
      const client = await connect();
      await client.say(asked(stream));
      expect([stream, about(client, stream), client.closed()]).toEqual([
        stream,
        ['UNAUTHENTICATED'],
        liveCloseCodes.unauthenticated,
      ]);
    }
  });
});

describe('strangers', () => {
  test('are told nothing of another organization, whatever their role in their own and whatever happens there', async () => {
    const clients: Client[] = [];
    for (const stranger of world.strangers) {
      const client = await ways.header?.(stranger);
      if (client === undefined) throw new Error('no way');
      clients.push(client);
      for (const stream of streams) await client.say(asked(stream));
      const { waitingId } = world.home.things;
      await client.say({ type: 'subscribe', id: 'waits', stream: 'execution', executionId: waitingId });
      await client.say({ type: 'subscribe', id: 'of', stream: 'executions', workflowId: world.home.things.workflowId });
    }
    await world.home.make.workflow();
    await world.home.make.execution();
    await world.home.make.waiting();
    await world.fixture.app.fakeClock.advance(1_000);
    await settled();
    for (const [at, client] of clients.entries()) {
      const name = world.strangers[at]?.name;
      const ends = client.got.filter(({ type }) => type === 'end').map((message) => ('code' in message ? message.code : ''));
      expect([name, ends]).toEqual([name, ['NOT_FOUND', 'NOT_FOUND']]);
      expect([name, client.got.some(({ type }) => type === 'event')]).toEqual([name, false]);
      expect([name, JSON.stringify(client.got).includes(world.home.canary)]).toEqual([name, false]);
      client.connection.ended();
    }
  });

  test('cannot choose an organization that is not theirs', async () => {
    for (const organization of [world.home.org, 'org_nowhere', '../x']) {
      for (const stranger of world.strangers) {
        const by = await connect({ authorization: bearer(stranger), organization });
        const said = await connect();
        await said.say({ type: 'authenticate', token: stranger.token, organization });
        for (const client of [by, said]) {
          expect([stranger.name, organization, client.got.map(({ type }) => type), client.closed()]).toEqual([
            ...[stranger.name, organization, ['error']],
            liveCloseCodes.unauthenticated,
          ]);
        }
      }
    }
  });
});

describe('what opens nothing', () => {
  const refused = (name: string) => [name, [{ type: 'error', code: 'UNAUTHENTICATED' }], liveCloseCodes.unauthenticated];

  test('no header, message or ticket of a token that is not good', async () => {
    for (const [name, authorization] of Object.entries(world.bad)) {
      const token = authorization?.replace(/^Bearer /, '') ?? '';
      const said = await connect();
      await said.say({ type: 'authenticate', token });
      expect([`${name}, said`, said.got, said.closed()]).toMatchObject(refused(`${name}, said`));
      const { status } = await world.fixture.call('POST', '/v1/live/ticket', undefined, { authorization });
      expect([name, status]).toEqual([name, 401]);
      if (authorization === null) continue;
      const sent = await connect({ authorization });
      expect([name, sent.got, sent.closed()]).toMatchObject(refused(name));
    }
  });

  test('no ticket that was used, has expired, was changed, or was never given', async () => {
    const [owner] = world.callers;
    if (owner === undefined) throw new Error('nobody');
    const used = await ticketFor(bearer(owner));
    expect((await connect({ ticket: used })).got).toMatchObject([{ type: 'authenticated' }]);
    const good = await ticketFor(bearer(owner));
    const changed = `${good.slice(0, -1)}${good.endsWith('a') ? 'b' : 'a'}`;
    const late = await ticketFor(bearer(owner));
    await world.fixture.app.fakeClock.advance(30_000);
    for (const [name, ticket] of Object.entries({ used, changed, late, empty: '', odd: '../../x', token: owner.token })) {
      const client = await connect({ ticket });
      expect([name, client.got, client.closed()]).toMatchObject(refused(name));
    }
  });

  test('no ticket of a session or key that was ended meanwhile, and of two at once only one', async () => {
    const { fixture, home } = world;
    const person = await createPerson(fixture, home.org, 'owner', 'leaves');
    const session = await signIn(fixture, person);
    const ticket = await ticketFor(`Bearer ${session}`);
    await fixture.call('POST', '/v1/auth/logout', undefined, { authorization: `Bearer ${session}` });
    const client = await connect({ ticket });
    expect(['session', client.got, client.closed()]).toMatchObject(refused('session'));
    const [owner] = world.callers;
    const both = await ticketFor(owner === undefined ? '' : bearer(owner));
    const clients = await Promise.all([connect({ ticket: both }), connect({ ticket: both })]);
    expect(clients.map(({ got }) => got[0]?.type).toSorted()).toEqual(['authenticated', 'error']);
  });

  test('a key that expires ends its streams and its connection within a minute', async () => {
    const { fixture, home } = world;
    const { clock, fakeClock } = fixture.app;
    const expiresAt = new Date(clock.now() + 60_000).toISOString();
    const client = await connect({
      authorization: `Bearer ${await createKey(fixture, home.org, home.owner, { role: 'owner', expiresAt })}`,
    });
    for (const stream of streams) await client.say(asked(stream));
    expect(client.closed()).toBeNull();
    for (let half = 0; half < 4 && client.closed() === null; half += 1) {
      await fakeClock.advance(30_000);
      await settled();
    }
    expect(client.closed()).toBe(liveCloseCodes.unauthenticated);
    const before = client.got.length;
    await home.make.execution();
    await fakeClock.advance(1_000);
    expect(client.got.length).toBe(before);
  });
});

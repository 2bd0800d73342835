/** The typed client against the real API, by fetch: no process, no network. */
import { type ApiFixture, createApiFixture } from '@automateos/functions/testing/api-fixture';
import { beforeEach, describe, expect, test } from 'vitest';
import { addressOf } from '../src/address.ts';
import { ApiProblem, ApiUnreachable } from '../src/api-problem.ts';
import { type Client, type ClientOptions, createClient } from '../src/create-client.ts';
import { eachItem } from '../src/pages.ts';

const definition = { name: 'greet', nodes: [{ id: 'start', type: 'trigger.manual' }] };

let api: ApiFixture;
let asked: Request[];

beforeEach(async () => {
  api = await createApiFixture();
  asked = [];
});

function clientOf(changes: Partial<ClientOptions> = {}): Client {
  const send = (request: Request) => {
    asked.push(request);
    return api.api.fetch(request, { clientAddress: '192.0.2.1' });
  };
  return createClient({ url: 'http://127.0.0.1', token: api.token, fetch: send, sleep: async () => undefined, ...changes });
}

/** Answers in turn before the API itself does. */
function failing(answers: readonly (Response | Error)[]): NonNullable<ClientOptions['fetch']> {
  const left = [...answers];
  return async (request) => {
    asked.push(request);
    const next = left.shift();
    if (next instanceof Error) throw next;
    return next ?? api.api.fetch(request, { clientAddress: '192.0.2.1' });
  };
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => error,
  );
}

describe('a call', () => {
  test('takes what the operation takes and answers its data', async () => {
    const client = clientOf();
    const created = await client.post('/v1/workflows', { body: definition });
    expect(created.name).toBe('greet');
    const read = await client.get('/v1/workflows/{id}', { params: { path: { id: created.id } } });
    expect(read.version).toBe(1);
    const execution = await client.post('/v1/workflows/{id}/executions', {
      params: { path: { id: created.id }, header: { Prefer: 'wait=5' } },
      body: { input: { name: 'Ada' } },
    });
    expect(execution.id).toMatch(/^exe_/);
    expect(await client.delete('/v1/workflows/{id}', { params: { path: { id: created.id } } })).toBeUndefined();
  });

  test('says who asks, and for which organization', async () => {
    const client = clientOf({ token: () => api.token, organization: api.owner.principal.org });
    await client.get('/v1/auth/me');
    expect(asked[0]?.headers.get('authorization')).toBe(`Bearer ${api.token}`);
    expect(asked[0]?.headers.get('x-organization-id')).toBe(api.owner.principal.org);
  });

  test('that fails throws the problem with its code and its places', async () => {
    const missing = await failureOf(clientOf().get('/v1/workflows/{id}', { params: { path: { id: 'wf_0' } } }));
    expect(missing).toBeInstanceOf(ApiProblem);
    expect(missing).toMatchObject({ status: 404, code: 'NOT_FOUND', facts: { requestId: expect.stringMatching(/^req_/) } });
    const invalid = await failureOf(
      clientOf().post('/v1/workflows', { body: { ...definition, nodes: [...definition.nodes, { id: 'a', type: 'nope' }] } }),
    );
    expect(invalid).toMatchObject({
      status: 422,
      facts: { problems: expect.arrayContaining([expect.objectContaining({ path: 'nodes[1].type' })]) },
    });
    const page = await failureOf(
      clientOf({ fetch: failing([new Response('<h1>Bad gateway', { status: 502 })]), retries: 0 }).get('/v1/workflows'),
    );
    expect(page).toMatchObject({ status: 502, code: 'HTTP_502', facts: { isDocument: false } });
  });

  test('does not follow a redirect, which could lead the token elsewhere', async () => {
    const elsewhere = new Response(null, { status: 307, headers: { location: 'https://elsewhere.example/' } });
    const error = await failureOf(clientOf({ fetch: failing([elsewhere]) }).get('/v1/workflows'));
    expect(error).toMatchObject({ status: 307, facts: { location: 'https://elsewhere.example/' } });
    expect(asked.map((request) => request.redirect)).toEqual(['manual']);
  });
});

describe('repeating', () => {
  const busy = () => new Response(null, { status: 503, headers: { 'retry-after': '7' } });

  test('a read after a lost connection and after 503, as long as Retry-After says', async () => {
    const slept: number[] = [];
    const sleep = async (ms: number) => {
      slept.push(ms);
    };
    const client = clientOf({ fetch: failing([new TypeError('fetch failed'), busy()]), sleep });
    expect((await client.get('/v1/workflows')).items).toEqual([]);
    expect(slept).toEqual([250, 7_000]);
  });

  test('a POST only with an Idempotency-Key, and then it is done once', async () => {
    const lost = new TypeError('fetch failed');
    const plain = await failureOf(clientOf({ fetch: failing([lost]) }).post('/v1/workflows', { body: definition }));
    expect(plain).toBeInstanceOf(ApiUnreachable);
    expect(asked).toHaveLength(1);
    // the first try arrives and only its answer is lost
    let tries = 0;
    const send: NonNullable<ClientOptions['fetch']> = async (request) => {
      const answer = await api.api.fetch(request, { clientAddress: '192.0.2.1' });
      tries += 1;
      if (tries === 1) throw lost;
      return answer;
    };
    const created = await clientOf({ fetch: send }).post('/v1/workflows', {
      params: { header: { 'Idempotency-Key': 'once' } },
      body: definition,
    });
    expect(tries).toBe(2);
    const all = await clientOf().get('/v1/workflows');
    expect(all.items.map(({ id }) => id)).toEqual([created.id]);
  });

  test('nothing that the server refused', async () => {
    expect(await failureOf(clientOf({ token: 'wrong-token' }).get('/v1/workflows'))).toMatchObject({ status: 401 });
    expect(asked).toHaveLength(1);
  });
});

test('pages are walked as one sequence', async () => {
  const client = clientOf();
  for (const name of ['a', 'b', 'c']) await client.post('/v1/workflows', { body: { ...definition, name } });
  const names: string[] = [];
  const pages = eachItem((cursor) =>
    client.get('/v1/workflows', { params: { query: { limit: 2, ...(cursor === undefined ? {} : { cursor }) } } }),
  );
  for await (const { name } of pages) names.push(name);
  expect(names.toSorted()).toEqual(['a', 'b', 'c']);
});

test('an address holds each value as one segment', () => {
  expect(addressOf('/v1/variables/{name}', { name: 'a/../b' })).toBe('/v1/variables/a%2F..%2Fb');
  expect(addressOf('/v1/workflows')).toBe('/v1/workflows');
});

describe('following', () => {
  const stream = (text: string) => new Response(text, { headers: { 'content-type': 'text/event-stream' } });

  test('a real execution ends with done', async () => {
    const client = clientOf();
    const { id } = await client.post('/v1/workflows', { body: definition });
    const execution = await client.post('/v1/workflows/{id}/executions', { params: { path: { id } }, body: {} });
    const names: (string | undefined)[] = [];
    for await (const news of client.follow(addressOf('/v1/executions/{id}/events', { id: execution.id }))) {
      if (news.kind === 'event') names.push(news.event.event);
    }
    expect(names.at(-1)).toBe('done');
  });

  test('goes on after a cut where it stopped', async () => {
    const cut = stream('id: 7\nevent: step\ndata: {}\n\n');
    const end = stream('id: 8\nevent: done\ndata: {}\n\n');
    const kinds: string[] = [];
    for await (const news of clientOf({ fetch: failing([cut, new TypeError('lost'), end]) }).follow('/events', {
      sleep: async () => undefined,
    })) {
      kinds.push(news.kind);
    }
    expect(kinds).toEqual(['open', 'event', 'cut', 'cut', 'open', 'event']);
    expect(asked.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, '7', '7']);
  });

  test('gives up where told, and throws what will not get better', async () => {
    const lost = new TypeError('lost');
    const events = clientOf({ fetch: failing([lost, lost, lost]) }).follow('/events', {
      maxCuts: 2,
      sleep: async () => undefined,
    });
    let end = await events.next();
    while (!end.done) end = await events.next();
    expect(end.value).toBe('gave-up');
    const gone = clientOf().follow(addressOf('/v1/executions/{id}/events', { id: 'exe_0' }));
    expect(await failureOf(gone.next())).toMatchObject({ status: 404 });
  });
});

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Emulator } from './java-emulator.ts';
import { type OidcIssuer, startOidcIssuer } from './oidc-issuer.ts';
import { startPubSubEmulator } from './pubsub-emulator.ts';
import { openPubSub } from './pubsub-topology.ts';
import { type PushDispatcher, type PushDispatcherOptions, startPushDispatcher } from './push-dispatcher.ts';

type Seen = { readonly url: string; readonly authorization: string; readonly body: PushedBody };
type PushedBody = {
  readonly subscription: string;
  readonly deliveryAttempt?: number;
  readonly message: Readonly<Record<string, string>> & { readonly attributes?: Readonly<Record<string, string>> };
};

/** A function that answers as the test says, after the whole body has come. */
async function serve(answer: (seen: Seen) => number | Promise<number>) {
  const seen: Seen[] = [];
  const listen = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { url = '', headers } = request;
    const body = JSON.parse(Buffer.concat(chunks).toString()) as PushedBody; // what the dispatcher sent; the tests look at it
    const one = { url, authorization: headers.authorization ?? '', body };
    seen.push(one);
    response.statusCode = await answer(one);
    response.end();
  };
  const server = createServer((request, response) => void listen(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listens on TCP
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()) && server.closeAllConnections());
  return { url: `http://127.0.0.1:${port}/`, seen, close };
}

const textOf = (seen: Seen): string => Buffer.from(seen.body.message.data ?? '', 'base64').toString();

describe('the push dispatcher', () => {
  let emulator: Emulator;
  let issuer: OidcIssuer;
  let projects = 0;
  let cleanUp: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    [emulator, issuer] = await Promise.all([startPubSubEmulator(), startOidcIssuer()]);
  });
  afterAll(() => Promise.all([emulator.stop(), issuer.stop()]));
  beforeEach(() => {
    projects += 1;
  });
  afterEach(async () => {
    for (const close of cleanUp.toReversed()) await close();
    cleanUp = [];
  });

  async function start(changes: Partial<PushDispatcherOptions>): Promise<PushDispatcher> {
    const dispatcher = await startPushDispatcher({
      ...{ pubsub: emulator.host, projectId: `demo-${projects}`, invoker: 'invoker@demo.test', sign: issuer.sign },
      endpoint: () => ({ urls: [], audience: 'http://none' }),
      ...changes,
      changes: { minBackoffSeconds: 0.1, maxBackoffSeconds: 0.2, maxDeliveryAttempts: 5, ...changes.changes },
    });
    cleanUp.push(() => dispatcher.stop(1_000));
    return dispatcher;
  }

  async function startFunction(answer: (seen: Seen) => number | Promise<number>) {
    const server = await serve(answer);
    cleanUp.push(server.close);
    return server;
  }

  async function publish(topic: string, data: string, attributes: Record<string, string> = {}): Promise<void> {
    const pubsub = openPubSub(emulator.host, `demo-${projects}`);
    await pubsub.topic(topic).publishMessage({ data: Buffer.from(data), attributes });
    await pubsub.close();
  }

  test('a message goes to the function of its topic in the form of a push, with a token for that function', async () => {
    const worker = await startFunction(() => 204);
    const dispatcher = await start({
      endpoint: (name) => ({ urls: name === 'worker' ? [worker.url] : [], audience: `https://${name}.test` }),
    });
    await publish('automateos-branches', '{"a":1}', { traceparent: '00-1' });
    await expect.poll(() => dispatcher.counts().acked).toBe(1);
    const [{ body, authorization } = { body: null, authorization: '' }] = worker.seen;
    expect(body).toEqual({
      subscription: `projects/demo-${projects}/subscriptions/automateos-branches`,
      deliveryAttempt: 1,
      message: {
        attributes: { traceparent: '00-1' },
        data: Buffer.from('{"a":1}').toString('base64'),
        messageId: expect.stringMatching(/^\d+$/),
        message_id: body?.message.messageId,
        publishTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        publish_time: body?.message.publishTime,
      },
    });
    const claims: unknown = JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ aud: 'https://worker.test', email: 'invoker@demo.test', iss: issuer.issuer });
  });

  test('what is refused comes again until the policy ends it as a dead letter, which is delivered until it is taken', async () => {
    const worker = await startFunction(() => 500);
    const letters = await startFunction(() => (letters.seen.length < 3 ? 503 : 200));
    await start({
      endpoint: (name) => ({ urls: [name === 'dead-letter' ? letters.url : worker.url], audience: 'https://a' }),
    });
    for (const text of ['one', 'two', 'three']) await publish('automateos-branches-ai', text);
    await expect.poll(() => new Set(letters.seen.map(textOf)).size, { timeout: 30_000 }).toBe(3);
    await expect.poll(() => letters.seen.length).toBe(5);
    expect(worker.seen.map(({ body }) => body.deliveryAttempt).toSorted()).toEqual([1, 2, 3, 4, 5].flatMap((n) => [n, n, n]));
    expect(letters.seen[0]?.body).toMatchObject({
      subscription: `projects/demo-${projects}/subscriptions/automateos-branches-ai-dead`,
      message: {
        attributes: {
          CloudPubSubDeadLetterSourceDeliveryCount: '5',
          CloudPubSubDeadLetterSourceSubscription: 'automateos-branches-ai',
        },
      },
    });
    expect(letters.seen[0]?.body.deliveryAttempt).toBeUndefined();
  });

  test('what nobody takes waits: no process, a refused connection, and a function that outlasts the deadline', async () => {
    const gone = await serve(() => 200);
    await gone.close();
    const stuck = await startFunction(() => new Promise<number>(() => {}));
    const worker = await startFunction(() => 201);
    const turns: readonly string[][] = [[], [gone.url], [stuck.url], [worker.url]];
    let turn = 0;
    const dispatcher = await start({
      endpoint: () => ({ urls: turns[Math.min(turn++, 3)] ?? [], audience: 'https://a' }),
      changes: { ackDeadlineSeconds: 2 },
    });
    await publish('automateos-branches', 'x');
    await expect.poll(() => dispatcher.counts(), { timeout: 30_000 }).toMatchObject({ acked: 1, nacked: 3, inFlight: 0 });
    expect(worker.seen.map(textOf)).toEqual(['x']);
  });

  test('processes of one function take turns, and a test can have messages delivered twice', async () => {
    const workers = await Promise.all([startFunction(() => 200), startFunction(() => 200)]);
    const dispatcher = await start({
      endpoint: () => ({ urls: workers.map(({ url }) => url), audience: 'https://a' }),
      duplicate: ({ message }) => (message.attributes.twice === 'now' ? 'at-once' : 'afterwards'),
    });
    for (let n = 0; n < 4; n += 1) await publish('automateos-branches', `${n}`, { twice: n % 2 ? 'now' : 'later' });
    await expect.poll(() => dispatcher.counts().acked).toBe(4);
    expect(dispatcher.counts().posts).toBe(8);
    for (const worker of workers) expect(worker.seen.map(textOf).toSorted()).toEqual(['0', '1', '2', '3']);
  });

  test('an emulator that comes back empty is found again, with all topics and subscriptions', async () => {
    const worker = await startFunction(() => 200);
    const dispatcher = await start({ endpoint: () => ({ urls: [worker.url], audience: 'https://a' }) });
    await publish('automateos-branches', 'before');
    await expect.poll(() => dispatcher.counts().acked).toBe(1);
    for (const round of [1, 2]) {
      await emulator.stop();
      emulator = await startPubSubEmulator({ port: emulator.port });
      await expect.poll(() => dispatcher.counts().reconnects, { timeout: 30_000 }).toBe(round);
      await publish('automateos-branches', `after ${round}`);
      await publish('automateos-events', `event ${round}`);
      await expect.poll(() => dispatcher.counts().acked, { timeout: 15_000 }).toBe(1 + 2 * round);
    }
  });

  test('stop finishes what is under way and leaves the rest to the next dispatcher', async () => {
    let answer: (status: number) => void = () => {};
    const worker = await startFunction(({ body }) =>
      body.message.attributes?.slow ? new Promise<number>((resolve) => (answer = resolve)) : 200,
    );
    const endpoint = () => ({ urls: [worker.url], audience: 'https://a' });
    const first = await start({ endpoint, maxInFlight: 1 });
    await publish('automateos-branches', 'slow', { slow: 'yes' });
    await expect.poll(() => worker.seen.length).toBe(1);
    await publish('automateos-branches', 'waits');
    const stopped = first.stop();
    answer(200);
    await stopped;
    expect(first.counts()).toMatchObject({ acked: 1, inFlight: 0 });
    const second = await start({ endpoint });
    await expect.poll(() => second.counts().acked, { timeout: 30_000 }).toBe(1);
    expect(worker.seen.map(textOf)).toEqual(['slow', 'waits']);
  });
});

import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { AppError } from '@automateos/shared/model/app-error';
import { StoreUnavailable } from '@automateos/shared/ports/document-store';
import type { Logger } from '@automateos/shared/ports/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRandomIds } from '../../adapters/embedded/random-ids.ts';
import { branchOfPush } from './branch-of-push.ts';
import { eventOfPush } from './event-of-push.ts';
import { createPushListener, type PoisonPush, type PushListenerOptions } from './push-listener.ts';
import { objectOf, type PushMessage, parsePush } from './push-message.ts';

const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');
const ref = { org: 'org_a', executionId: 'exe_1', branchId: '$start~2' };
const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

/** As Pub/Sub sends it. */
function envelope(message: Record<string, unknown> = {}, around: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    deliveryAttempt: 1,
    message: {
      attributes: { traceparent },
      data: base64(JSON.stringify(ref)),
      ...{ messageId: '7', message_id: '7' },
      ...{ publishTime: '2026-11-28T12:00:00.123Z', publish_time: '2026-11-28T12:00:00.123Z' },
      ...message,
    },
    subscription: 'projects/demo-p/subscriptions/automateos-branches',
    ...around,
  };
}

type Sent = {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly method?: string;
  readonly path?: string;
};

describe('the push listener', () => {
  let handled: PushMessage[] = [];
  let poisoned: PoisonPush[] = [];
  let logged: { event: string; fields: unknown }[] = [];
  let verified: (string | null)[] = [];
  let stop = async (): Promise<void> => {};
  let port = 0;
  const record = (event: string, fields?: unknown) => void logged.push({ event, fields });
  const logger: Logger = { debug: record, info: record, warn: record, error: record, with: () => logger };

  async function serve(changes: Partial<PushListenerOptions> = {}): Promise<void> {
    await stop();
    const listener = createPushListener({
      async verify(authorization) {
        verified.push(authorization);
        if (authorization !== 'Bearer good') throw new AppError('UNAUTHENTICATED', { reason: 'no.' });
      },
      app: { ids: createRandomIds(), logger },
      async handle(push) {
        handled.push(push);
      },
      bodyLimitBytes: 10_000,
      ...changes,
    });
    const server = createServer((request, response) => void listener(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port; // listens on TCP
    stop = () => new Promise((resolve) => server.close(() => resolve()) && server.closeAllConnections());
  }

  beforeEach(async () => {
    [handled, poisoned, logged, verified] = [[], [], [], []];
    await serve();
  });
  afterEach(() => stop());

  const recordPoison = async (poison: PoisonPush): Promise<void> => void poisoned.push(poison);

  function send({
    body = envelope(),
    headers = {},
    method = 'POST',
    path = '/',
  }: Sent = {}): Promise<{ status: number; text: string; type: string }> {
    const bytes = body instanceof Uint8Array || typeof body === 'string' ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = httpRequest({
        ...{ host: '127.0.0.1', port, path, method, agent: false },
        headers: { authorization: 'Bearer good', 'content-type': 'application/json', ...headers },
      });
      sent.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text, type: response.headers['content-type'] ?? '' }),
        );
      });
      sent.on('error', reject);
      sent.end(bytes);
    });
  }

  it('hands over a Pub/Sub message and answers 204', async () => {
    const answer = await send({ body: envelope({ orderingKey: 'k' }) });
    expect(answer).toMatchObject({ status: 204, text: '' });
    const [push] = handled;
    expect(push).toMatchObject({
      ...{ kind: 'pubsub', subscription: 'projects/demo-p/subscriptions/automateos-branches', messageId: '7' },
      ...{ deliveryAttempt: 1, attributes: { traceparent }, trace: traceparent, publishTime: '2026-11-28T12:00:00.123Z' },
    });
    expect(push && branchOfPush(push)).toEqual({ ...ref, trace: traceparent });
  });

  it('hands over a task, a job without a body, and bytes that are no text', async () => {
    await send({ body: ref, headers: { traceparent, 'content-type': 'application/octet-stream' } });
    await send({ body: '', path: '/prune?x=1' });
    await send({ body: envelope({ data: base64(new Uint8Array([0, 255, 254])), attributes: undefined }) });
    const [task, job, bytes] = handled;
    expect(task && branchOfPush(task)).toEqual({ ...ref, trace: traceparent });
    expect(job).toMatchObject({ kind: 'http', value: {}, path: '/prune', trace: null });
    expect(bytes?.kind === 'pubsub' && [...bytes.data]).toEqual([0, 255, 254]);
  });

  it('asks for the token before a byte of the body has come, and answers at once', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'POST / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer bad\r\ncontent-type: application/json\r\ncontent-length: 5000000\r\n\r\n',
    );
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    expect(answer).toContain('application/problem+json');
    expect(handled).toEqual([]);
  });

  it.each<readonly [string, Sent]>([
    ['a stranger', { headers: { authorization: 'Bearer bad' } }],
    ['a sender with two tokens', { headers: { authorization: ['Bearer good', 'Bearer good'] } }],
    ['a stranger with a broken body', { headers: { authorization: 'Bearer bad' }, body: '{' }],
    ['a stranger with a huge body', { headers: { authorization: 'Bearer bad' }, body: 'x'.repeat(50_000) }],
    ['a stranger who asks for something else', { headers: { authorization: 'Bearer bad' }, method: 'PUT' }],
  ])('refuses %s with 401 and nothing more', async (_, sent) => {
    const answer = await send(sent);
    expect(answer).toMatchObject({ status: 401, type: 'application/problem+json' });
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect([handled, logged]).toEqual([[], []]);
  });

  it('tells the sender to come back while nobody can be verified', async () => {
    await serve({ verify: () => Promise.reject(new AppError('UNAVAILABLE', { reason: 'no keys.' })) });
    expect((await send()).status).toBe(503);
    await serve({ verify: () => Promise.reject(new TypeError('bug')) });
    expect((await send()).status).toBe(500);
    expect(handled).toEqual([]);
  });

  const poison: readonly (readonly [string, string, Sent])[] = [
    ['no JSON', 'MALFORMED_BODY', { body: '{"message":' }],
    ['no UTF-8', 'MALFORMED_BODY', { body: new Uint8Array([0x22, 0xff, 0x22]) }],
    ['UTF-16', 'MALFORMED_BODY', { body: Buffer.from('{}', 'utf16le') }],
    ['depth', 'MALFORMED_BODY', { body: `${'['.repeat(4_000)}${']'.repeat(4_000)}` }],
    ['__proto__', 'MALFORMED_BODY', { body: '{"__proto__":{"org":"x"}}' }],
    ['1e400', 'MALFORMED_BODY', { body: '{"org":1e400}' }],
    ['a gzip bomb’s header', 'UNSUPPORTED_MEDIA_TYPE', { headers: { 'content-encoding': 'gzip' } }],
    ['a form', 'UNSUPPORTED_MEDIA_TYPE', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['UTF-7', 'UNSUPPORTED_MEDIA_TYPE', { headers: { 'content-type': 'application/json; charset=utf-7' } }],
    ['too much', 'BODY_TOO_LARGE', { body: envelope({ data: base64('x'.repeat(20_000)) }) }],
    ['no message', 'INVALID_PARAMS', { body: envelope({}, { message: null }) }],
    ['no id', 'INVALID_PARAMS', { body: envelope({ messageId: undefined, message_id: undefined }) }],
    ['an attribute that is no text', 'INVALID_PARAMS', { body: envelope({ attributes: { a: { b: 1 } } }) }],
    ['a forged count that is no number', 'INVALID_PARAMS', { body: envelope({}, { deliveryAttempt: '99' }) }],
    ['no base64', 'MALFORMED_BODY', { body: envelope({ data: 'not base64!' }) }],
    ['base64 of another alphabet', 'MALFORMED_BODY', { body: envelope({ data: '-_-_' }) }],
    ['base64 with stray bits', 'MALFORMED_BODY', { body: envelope({ data: 'QR==' }) }],
    ['data that is no JSON', 'MALFORMED_BODY', { body: envelope({ data: base64('hello') }) }],
    ['data that is a list', 'MALFORMED_BODY', { body: envelope({ data: base64('[]') }) }],
    ['no data', 'MALFORMED_BODY', { body: envelope({ data: undefined }) }],
    ['data of another form', 'INVALID_PARAMS', { body: envelope({ data: base64('{"v":2,"branch":"b"}') }) }],
    ['a path as branch', 'INVALID_PARAMS', { body: envelope({ data: base64(JSON.stringify({ ...ref, branchId: 'a/b/c' })) }) }],
    ['a path as organization', 'INVALID_PARAMS', { body: envelope({ data: base64(JSON.stringify({ ...ref, org: '../x' })) }) }],
    ['a task of another form', 'INVALID_PARAMS', { body: { org: ['org_a'], executionId: 'e', branchId: 'b' } }],
  ];

  it.each(poison)(
    'poison (%s) is refused for good, and recorded and acknowledged where somebody records it',
    async (_, code, sent) => {
      const handle = async (push: PushMessage): Promise<void> => void branchOfPush(push);
      await serve({ handle });
      const refused = await send(sent);
      expect(refused.status).toBeGreaterThanOrEqual(400);
      expect(refused.status).toBeLessThan(500);
      expect(JSON.parse(refused.text)).toMatchObject({ code });
      await serve({ handle, poison: recordPoison });
      expect((await send(sent)).status).toBe(204);
      expect(poisoned).toMatchObject([{ code }]);
      expect(logged).toMatchObject([
        { event: 'push-poison', fields: { code, recorded: false } },
        { event: 'push-poison', fields: { code, recorded: true } },
      ]);
    },
  );

  it('poison stays with the sender while it cannot be recorded', async () => {
    await serve({ poison: () => Promise.reject(new StoreUnavailable('down')) });
    expect((await send({ body: '{' })).status).toBe(503);
  });

  it.each<readonly [string, number, unknown]>([
    ['the store does not answer', 503, new StoreUnavailable('down')],
    ['it is unknown what failed', 500, new Error('secret detail')],
    ['a limit is reached', 429, new AppError('RATE_LIMITED', { retryAfterSeconds: 3 })],
    ['the work refuses what it found', 413, new AppError('DOCUMENT_TOO_LARGE', { path: 'x', limitBytes: 1 })],
  ])('the message stays with the sender when %s', async (_, status, error) => {
    await serve({ handle: () => Promise.reject(error), poison: recordPoison });
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain('secret');
    expect(poisoned).toEqual([]);
  });

  it('what attributes and counts claim changes nothing of what is worked on', async () => {
    const claims = {
      org: 'org_victim',
      executionId: 'exe_victim',
      branchId: 'b',
      deliveryAttempt: '1',
      traceparent: 'evil\r\nx: y',
    };
    await send({ body: envelope({ attributes: claims }, { deliveryAttempt: 2_000_000_000, org: 'org_victim' }) });
    const [push] = handled;
    expect(push && branchOfPush(push)).toEqual(ref);
    expect(push && objectOf(push)).toEqual(ref);
  });

  it('takes only POST', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) expect((await send({ method, body: '' })).status).toBe(405);
    expect(verified).toHaveLength(4);
    expect(handled).toEqual([]);
  });

  it('a request that is cut off is no message', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\ncontent-length: 100\r\n\r\n{"org":');
    await expect.poll(() => verified.length).toBe(1);
    socket.destroy();
    await expect.poll(async () => (await send()).status).toBe(204);
    expect(handled).toHaveLength(1);
  });
});

describe('an event that is pushed', () => {
  const push = (body: unknown, headers: Readonly<Record<string, string>>) =>
    eventOfPush(parsePush({ body: Buffer.from(JSON.stringify(body)), path: '/', header: (name) => headers[name] ?? null }));
  const attributes = { id: '1', source: '//storage/b', type: 'google.cloud.storage.object.v1.finalized', subject: 'objects/a' };
  const event = { ...attributes, data: { name: 'a' } };

  it('is the same CloudEvent in structured and in binary mode', () => {
    const binary = Object.fromEntries(
      Object.entries({ specversion: '1.0', ...attributes }).map(([name, value]) => [`ce-${name}`, value]),
    );
    expect(push(event.data, { ...binary, 'content-type': 'application/json' })).toEqual({ kind: 'event', event });
    const structured = push({ specversion: '1.0', ...event }, { 'content-type': 'application/cloudevents+json; charset=utf-8' });
    expect(structured).toEqual({ kind: 'event', event });
  });

  it('is the message of its topic', () => {
    expect(push(envelope({ data: base64('hello') }), { 'content-type': 'application/json' })).toMatchObject({
      kind: 'message',
      message: {
        topic: 'projects/demo-p/topics/automateos-branches',
        messageId: '7',
        data: new Uint8Array(Buffer.from('hello')),
      },
    });
  });

  it('is none without an id and a source', () => {
    expect(() => push({ type: 'order.paid', data: 1 }, {})).toThrow(/neither a push of Pub\/Sub nor a CloudEvent/);
    expect(() => push([], { 'ce-specversion': '1.0', 'ce-type': 'a' })).toThrow(AppError);
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@automateos/shared/ports/logger';
import type { BranchRef } from '@automateos/shared/ports/queue';
import { describeQueue, type QueueUnderTest } from '@automateos/shared/testing/queue.conformance';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Emulator } from '../../../../infra/emulators/java-emulator.ts';
import { type OidcIssuer, startOidcIssuer } from '../../../../infra/emulators/oidc-issuer.ts';
import { startPubSubEmulator } from '../../../../infra/emulators/pubsub-emulator.ts';
import { createPubSubTopology, openPubSub, planSubscriptions } from '../../../../infra/emulators/pubsub-topology.ts';
import { startPushDispatcher } from '../../../../infra/emulators/push-dispatcher.ts';
import { branchOfPush } from '../../api/push/branch-of-push.ts';
import { createPushListener } from '../../api/push/push-listener.ts';
import { createRandomIds } from '../embedded/random-ids.ts';
import { createPubSubQueue, type PubSubQueueOptions } from './pubsub-queue.ts';
import { createPushTokenVerifier } from './push-token.ts';

let emulator: Emulator;
let issuer: OidcIssuer;
let projects = 0;
beforeAll(async () => {
  [emulator, issuer] = await Promise.all([startPubSubEmulator(), startOidcIssuer()]);
});
afterAll(() => Promise.all([emulator.stop(), issuer.stop()]));

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };
const audience = 'https://worker.test';
const invoker = 'invoker@demo.test';
const prefix = 'automateos';
const ref = (branchId: string): BranchRef => ({ org: 'org_a', executionId: 'exe_1', branchId });

/** The whole way of a hint: the queue, Pub/Sub, its push with a token, the door of a worker. */
async function open(): Promise<QueueUnderTest> {
  projects += 1;
  const projectId = `demo-queue-${projects}`;
  let work: (ref: BranchRef) => Promise<void> = () => Promise.reject(new Error('nobody listens yet'));
  const verify = createPushTokenVerifier({
    audience,
    email: invoker,
    issuer: issuer.issuer,
    jwksUrl: issuer.jwksUrl,
    now: Date.now,
  });
  const listener = createPushListener({
    ...{ verify, app: { ids: createRandomIds(), logger: silent }, bodyLimitBytes: 65_536 },
    handle: (push) => work(branchOfPush(push)),
  });
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listens on TCP
  const dispatcher = await startPushDispatcher({
    ...{ pubsub: emulator.host, projectId, invoker, sign: issuer.sign },
    endpoint: (name) => ({ urls: name === 'dead-letter' ? [] : [`http://127.0.0.1:${port}/`], audience }),
    changes: { minBackoffSeconds: 0.1, maxBackoffSeconds: 0.5 },
  });
  const queue = createPubSubQueue({ projectId, prefix, endpoint: emulator.host });
  return {
    queue,
    listen(next) {
      work = next;
    },
    async close() {
      await queue.close();
      await dispatcher.stop(5_000);
      await new Promise<void>((resolve) => server.close(() => resolve()) && server.closeAllConnections());
    },
  };
}

describeQueue('Pub/Sub', open);

it('a worker that throws is told again', async () => {
  const under = await open();
  let calls = 0;
  await under.listen(async () => {
    calls += 1;
    if (calls < 3) throw new Error('fails');
  });
  await under.queue.publish('branches', [ref('a')]);
  await expect.poll(() => calls, { timeout: 15_000 }).toBe(3);
  await under.close();
});

/** A queue with topics and nobody to deliver. */
async function openBare(changes: Partial<PubSubQueueOptions> = {}) {
  projects += 1;
  const projectId = `demo-queue-${projects}`;
  const pubsub = openPubSub(emulator.host, projectId);
  await createPubSubTopology(pubsub, planSubscriptions());
  await pubsub.close();
  return createPubSubQueue({ projectId, prefix, endpoint: emulator.host, ...changes });
}

it('hints given together or within a moment share a request, and every request is counted', async () => {
  const queue = await openBare({ tickMs: 20 });
  await Promise.all([
    queue.publish('branches', [ref('a'), ref('b')]),
    queue.publish('branches', [ref('c')]),
    queue.publish('branches-ai', [ref('d')]),
  ]);
  expect(queue.stats()).toEqual({ requests: 2, messages: 4, billedBytes: 2_000 });
  await queue.publish(
    'branches',
    Array.from({ length: 1_001 }, (_, n) => ref(`${n}`)),
  );
  expect(queue.stats()).toMatchObject({ requests: 4, messages: 1_005 });
  expect(queue.stats().billedBytes).toBeGreaterThan(70_000);
  await queue.close();
});

it('a topic that is not there fails at once, and no service at all within the time that a hint is worth', async () => {
  const queue = await openBare({ prefix: 'elsewhere' });
  await expect(queue.publish('branches', [ref('a')])).rejects.toMatchObject({ code: 5 });
  await queue.close();
  const lonely = createPubSubQueue({ projectId: 'demo-none', prefix, endpoint: '127.0.0.1:9', patienceMs: 600 });
  await expect(lonely.publish('branches', [ref('a')])).rejects.toMatchObject({ code: 4 });
  expect(lonely.stats().messages).toBe(0);
  await lonely.close();
});

it('a service that comes back in time is given what waited for it', async () => {
  const queue = await openBare({ patienceMs: 30_000 });
  await queue.publish('branches', [ref('a')]);
  await emulator.stop();
  // handled from the start: it may fail before the emulator is back
  const waits = queue.publish('branches', [ref('b')]).then(
    () => null,
    (error: unknown) => error,
  );
  emulator = await startPubSubEmulator({ port: emulator.port });
  const pubsub = openPubSub(emulator.host, `demo-queue-${projects}`);
  await createPubSubTopology(pubsub, planSubscriptions());
  await pubsub.close();
  // it came back empty: either the topic was there in time, or its absence was told
  const error = await waits;
  if (error !== null) expect(error).toMatchObject({ code: 5 });
  await queue.publish('branches', [ref('c')]);
  await queue.close();
});

it('close sends what waits', async () => {
  const queue = await openBare({ tickMs: 60_000 });
  const published = queue.publish('branches', [ref('a')]);
  await queue.close();
  await published;
  expect(queue.stats().messages).toBe(1);
});

import { describeTimers } from '@automateos/shared/testing/timers.conformance';
import { CloudTasksClient } from '@google-cloud/tasks';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCloudTasksServer } from '../../../../infra/emulators/cloud-tasks-server.ts';
import { type OidcIssuer, startOidcIssuer } from '../../../../infra/emulators/oidc-issuer.ts';
import { createSystemClock } from '../embedded/system-clock.ts';
import { createCloudTasksTimers } from './cloud-tasks-timers.ts';
import { clientOptions } from './grpc-client.ts';
import { type PushReceiver, type Received, startPushReceiver } from './testing/push-receiver.ts';

const [projectId, location, prefix] = ['demo-test', 'europe-west1', 'automateos'];
const pools = ['branches', 'branches-ai', 'branches-heavy'] as const;
const invoker = 'invoker@demo-test.iam.gserviceaccount.com';
const ref = { org: 'org_a', executionId: 'exe_1', branchId: 'brn_1' };
const clock = createSystemClock();

let issuer: OidcIssuer;
let server: Awaited<ReturnType<typeof startCloudTasksServer>>;
let client: CloudTasksClient;
const parent = `projects/${projectId}/locations/${location}`;
const queueName = (pool: string): string => `${parent}/queues/${prefix}-${pool}`;

beforeAll(async () => {
  issuer = await startOidcIssuer();
  server = await startCloudTasksServer({ issuer });
  client = new CloudTasksClient(await clientOptions({ projectId, endpoint: server.host }));
  for (const pool of pools) {
    const retryConfig = { maxAttempts: 4, minBackoff: { nanos: 1e8 }, maxBackoff: { seconds: 1 }, maxDoublings: 3 };
    await client.createQueue({ parent, queue: { name: queueName(pool), retryConfig } });
  }
});
afterAll(async () => {
  await client.close();
  await server.stop();
  await issuer.stop();
});

const timersFor = (receiver: PushReceiver) => {
  const urls = {
    branches: `${receiver.url}/worker`,
    'branches-ai': `${receiver.url}/ai`,
    'branches-heavy': `${receiver.url}/heavy`,
  };
  return createCloudTasksTimers({
    ...{ projectId, location, prefix, endpoint: server.host },
    ...{ urls, invoker, dispatchDeadlineMs: 600_000, clock },
  });
};

/** Timers with workers of their own, and queues without anything left over. */
async function open() {
  const receiver = await startPushReceiver();
  const timers = timersFor(receiver);
  return {
    ...{ timers, receiver },
    async close() {
      for (const pool of pools) await client.purgeQueue({ name: queueName(pool) });
      await timers.close();
      await receiver.stop();
    },
  };
}

async function using(test: (under: Awaited<ReturnType<typeof open>>) => Promise<void>): Promise<void> {
  const under = await open();
  try {
    await test(under);
  } finally {
    await under.close();
  }
}

describeTimers('Cloud Tasks', async () => {
  const { timers, receiver, close } = await open();
  const arrival = ({ body, atEpochMs }: Received) => ({ ref: JSON.parse(body), atEpochMs });
  return { timers, now: Date.now, arrived: async (count) => (await receiver.received(count)).map(arrival), close };
});

describe('a wake-up by Cloud Tasks', () => {
  it('calls the worker of the pool with a token of the invoker for that URL, and carries the trace beside the branch', () =>
    using(async ({ timers, receiver }) => {
      const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      await timers.wakeAt('branches-ai', { ...ref, trace }, Date.now());
      const [request] = await receiver.received(1);
      expect(request).toMatchObject({ method: 'POST', path: '/ai', body: JSON.stringify(ref) });
      expect(request?.headers).toMatchObject({
        ...{ 'content-type': 'application/json', traceparent: trace },
        ...{ 'x-cloudtasks-queuename': 'automateos-branches-ai', 'x-cloudtasks-taskretrycount': '0' },
      });
      const token = request?.headers.authorization?.replace(/^Bearer /, '') ?? '';
      const keys = createRemoteJWKSet(new URL(issuer.jwksUrl));
      const { payload } = await jwtVerify(token, keys, { issuer: issuer.issuer, audience: `${receiver.url}/ai` });
      expect(payload).toMatchObject({ email: invoker, email_verified: true });
      expect(timers.stats()).toEqual({ tasks: 1 });
    }));

  it('is sent again by the queue’s retryConfig until the worker takes it, and not after', () =>
    using(async ({ timers, receiver }) => {
      receiver.answer(503, 0, 500);
      await timers.wakeAt('branches', ref, Date.now());
      const requests = await receiver.received(4);
      expect(requests.map(({ headers }) => headers['x-cloudtasks-taskretrycount'])).toEqual(['0', '1', '2', '3']);
      expect(requests.map(({ headers }) => headers['x-cloudtasks-taskpreviousresponse'])).toEqual([undefined, '503', '0', '500']);
      expect(new Set(requests.map(({ headers }) => headers['x-cloudtasks-taskname'])).size).toBe(1);
      await expect.poll(async () => (await client.listTasks({ parent: queueName('branches') }))[0]).toEqual([]);
    }));

  it('waits in the queue where it can be seen, and leaves one that is paused only when it goes on', () =>
    using(async ({ timers, receiver }) => {
      await client.pauseQueue({ name: queueName('branches') });
      await timers.wakeAt('branches', ref, Date.now());
      const [tasks] = await client.listTasks({ parent: queueName('branches'), responseView: 'FULL' });
      expect(tasks).toHaveLength(1);
      expect(String(tasks[0]?.httpRequest?.body)).toBe(JSON.stringify(ref));
      await client.resumeQueue({ name: queueName('branches') });
      await receiver.received(1);
    }));

  it('that cannot be handed over is an error in bounded time', async () => {
    const dead = await startCloudTasksServer();
    await dead.stop();
    const urls = { branches: 'http://127.0.0.1:9', 'branches-ai': 'http://127.0.0.1:9', 'branches-heavy': 'http://127.0.0.1:9' };
    const at = { projectId, location, prefix, urls, invoker, dispatchDeadlineMs: 600_000, clock };
    const nowhere = createCloudTasksTimers({ ...at, endpoint: dead.host, patienceMs: 500 });
    await expect(nowhere.wakeAt('branches', ref, Date.now() + 1_000)).rejects.toThrow();
    expect(nowhere.stats()).toEqual({ tasks: 0 });
    await nowhere.close();
    const queueless = createCloudTasksTimers({ ...at, endpoint: server.host, prefix: 'other' });
    await expect(queueless.wakeAt('branches', ref, Date.now())).rejects.toMatchObject({ code: 5 });
    await queueless.close();
  });
});

describe('the loopback Cloud Tasks', () => {
  const httpRequest = { url: 'http://127.0.0.1:9/', httpMethod: 'POST' as const };
  const inSeconds = (seconds: number) => ({ seconds: Math.floor(Date.now() / 1_000) + seconds });

  it('gives a name once, also after the task is gone', async () => {
    const [queue, name] = [queueName('branches'), `${queueName('branches')}/tasks/once`];
    const task = { name, httpRequest, scheduleTime: inSeconds(3_600) };
    await client.createTask({ parent: queue, task });
    await expect(client.createTask({ parent: queue, task })).rejects.toMatchObject({ code: 6 });
    await client.deleteTask({ name });
    await expect(client.getTask({ name })).rejects.toMatchObject({ code: 5 });
    await expect(client.createTask({ parent: queue, task })).rejects.toMatchObject({ code: 6 });
  });

  it.each([
    ['more than 30 days ahead', { scheduleTime: { seconds: Math.floor(Date.now() / 1_000) + 31 * 86_400 } }],
    ['a deadline out of bounds', { dispatchDeadline: { seconds: 1 } }],
    ['a body above the limit', { httpRequest: { ...httpRequest, body: Buffer.alloc(200_000) } }],
    ['no HTTP URL', { httpRequest: { ...httpRequest, url: 'ftp://x/' } }],
    ['a name of another queue', { name: `${parent}/queues/other/tasks/x` }],
  ])('refuses %s', async (_what, change) => {
    const task = { httpRequest, ...change };
    await expect(client.createTask({ parent: queueName('branches'), task })).rejects.toMatchObject({ code: 3 });
  });

  it('does not let a deleted queue be made again soon', async () => {
    const name = `${parent}/queues/short-lived`;
    await client.createQueue({ parent, queue: { name } });
    await expect(client.createQueue({ parent, queue: { name } })).rejects.toMatchObject({ code: 6 });
    await client.deleteQueue({ name });
    await expect(client.getQueue({ name })).rejects.toMatchObject({ code: 5 });
    await expect(client.createQueue({ parent, queue: { name } })).rejects.toMatchObject({ code: 9 });
  });
});

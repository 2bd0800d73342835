import { describeSchedules } from '@automateos/shared/testing/schedules.conformance';
import { CloudSchedulerClient } from '@google-cloud/scheduler';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCloudSchedulerServer } from '../../../../infra/emulators/cloud-scheduler-server.ts';
import { type OidcIssuer, startOidcIssuer } from '../../../../infra/emulators/oidc-issuer.ts';
import { createCloudSchedulerSchedules } from './cloud-scheduler-schedules.ts';
import { clientOptions } from './grpc-client.ts';
import { startPushReceiver } from './testing/push-receiver.ts';

const [projectId, location] = ['demo-test', 'europe-west1'];
const parent = `projects/${projectId}/locations/${location}`;
const invoker = 'invoker@demo-test.iam.gserviceaccount.com';

let issuer: OidcIssuer;
let server: Awaited<ReturnType<typeof startCloudSchedulerServer>>;
let client: CloudSchedulerClient;
beforeAll(async () => {
  issuer = await startOidcIssuer();
  server = await startCloudSchedulerServer({ issuer });
  client = new CloudSchedulerClient(await clientOptions({ projectId, endpoint: server.host }));
});
afterAll(async () => {
  await client.close();
  await server.stop();
  await issuer.stop();
});

let prefixes = 0;
/** Jobs under a prefix of their own. */
function open(url = 'http://127.0.0.1:9/') {
  prefixes += 1;
  const prefix = `p${prefixes}`;
  const at = { projectId, location, endpoint: server.host, prefix, url, invoker };
  return { prefix, schedules: createCloudSchedulerSchedules({ ...at, jobLimit: 10 }) };
}

const daily = { org: 'org_a', scheduleId: 'wf_1:at', cron: '0 9 * * *', timeZone: 'Europe/Berlin' };

describeSchedules('Cloud Scheduler', () => {
  const { schedules } = open();
  return { schedules, close: () => schedules.close() };
});

describe('a schedule’s job in Cloud Scheduler', () => {
  it('calls the schedule function with the schedule’s name and a token of the invoker', async () => {
    const receiver = await startPushReceiver();
    const { schedules } = open(receiver.url);
    await schedules.put(daily);
    const [jobs] = await client.listJobs({ parent });
    const name = jobs.find(({ httpTarget }) => httpTarget?.uri === receiver.url)?.name ?? '';
    await client.runJob({ name });
    const [call] = await receiver.received(1);
    expect(call).toMatchObject({ method: 'POST', body: JSON.stringify({ org: 'org_a', scheduleId: 'wf_1:at' }) });
    expect(call?.headers).toMatchObject({ 'x-cloudscheduler': 'true', 'content-type': 'application/json' });
    const token = call?.headers.authorization?.replace(/^Bearer /, '') ?? '';
    const keys = createRemoteJWKSet(new URL(issuer.jwksUrl));
    const { payload } = await jwtVerify(token, keys, { issuer: issuer.issuer, audience: receiver.url });
    expect(payload).toMatchObject({ email: invoker, email_verified: true });
    await schedules.close();
    await receiver.stop();
  });

  it('is counted when it is made and when it goes, and one that was made by hand is left in peace', async () => {
    const { schedules, prefix } = open();
    const httpTarget = { uri: 'http://127.0.0.1:9/', body: Buffer.from('not ours') };
    await client.createJob({ parent, job: { name: `${parent}/jobs/${prefix}-at-x`, schedule: '* * * * *', httpTarget } });
    await schedules.put(daily);
    await schedules.put(daily);
    expect(await schedules.list()).toEqual([daily]);
    await schedules.remove(daily);
    await schedules.remove(daily);
    expect(schedules.stats()).toEqual({ created: 1, deleted: 1 });
    await schedules.close();
  });

  it('that cannot be made is an error in bounded time', async () => {
    const { schedules } = open();
    await expect(schedules.put({ ...daily, cron: '0 0 L * *' })).rejects.toMatchObject({ code: 3 });
    await expect(schedules.put({ ...daily, timeZone: 'Mars/Base' })).rejects.toMatchObject({ code: 3 });
    await schedules.close();
    const mortal = await startCloudSchedulerServer();
    await mortal.stop();
    const at = { projectId, location, prefix: 'p', url: 'http://127.0.0.1:9/', invoker, jobLimit: 1 };
    const nowhere = createCloudSchedulerSchedules({ ...at, endpoint: mortal.host, patienceMs: 500 });
    await expect(nowhere.put(daily)).rejects.toThrow();
    await nowhere.close();
  });
});

describe('the loopback Cloud Scheduler', () => {
  const jobAt = (id: string) => `${parent}/jobs/${id}`;
  const httpTarget = { uri: 'http://127.0.0.1:9/' };

  it('tells the next time in the job’s time zone, none while it is paused, and takes a change', async () => {
    const name = jobAt('zoned');
    const zone = { schedule: '30 2 * * *', timeZone: 'Asia/Kolkata' };
    const [job] = await client.createJob({ parent, job: { name, ...zone, httpTarget } });
    expect(new Date(Number(job.scheduleTime?.seconds) * 1_000).toISOString()).toMatch(/T21:00:00/);
    await client.pauseJob({ name });
    await expect(client.pauseJob({ name })).rejects.toMatchObject({ code: 9 });
    expect((await client.getJob({ name }))[0].state).toBe('PAUSED');
    expect((await client.resumeJob({ name }))[0].state).toBe('ENABLED');
    const [changed] = await client.updateJob({ job: { name, schedule: '0 0 * * *' }, updateMask: { paths: ['schedule'] } });
    expect(changed).toMatchObject({ schedule: '0 0 * * *', timeZone: 'Asia/Kolkata' });
    await client.deleteJob({ name });
    await expect(client.getJob({ name })).rejects.toMatchObject({ code: 5 });
  });

  it('calls again by the retryConfig, and tells how the last attempt ended', async () => {
    const receiver = await startPushReceiver();
    receiver.answer(500, 0);
    const name = jobAt('retried');
    const retryConfig = { retryCount: 3, minBackoffDuration: { nanos: 1e8 } };
    await client.createJob({
      parent,
      job: { name, schedule: '0 0 1 1 *', httpTarget: { uri: receiver.url }, retryConfig },
    });
    await client.runJob({ name });
    await receiver.received(3);
    await expect.poll(async () => (await client.getJob({ name }))[0].status?.code).toBe(0);
    await client.deleteJob({ name });
    await receiver.stop();
  });

  it('refuses what the service refuses', async () => {
    for (const schedule of ['', '* * * *', '* * * * * *', '61 * * * *', '0 0 L * *', '@daily', 'every 5 minutes'])
      await expect(client.createJob({ parent, job: { name: jobAt('bad'), schedule, httpTarget } })).rejects.toMatchObject({
        code: 3,
      });
    await client.createJob({ parent, job: { name: jobAt('twice'), schedule: '0 0 * * *', httpTarget } });
    await expect(
      client.createJob({ parent, job: { name: jobAt('twice'), schedule: '0 0 * * *', httpTarget } }),
    ).rejects.toMatchObject({ code: 6 });
    await expect(client.updateJob({ job: { name: jobAt('none'), schedule: '0 0 * * *', httpTarget } })).rejects.toMatchObject({
      code: 5,
    });
    await client.deleteJob({ name: jobAt('twice') });
  });
});

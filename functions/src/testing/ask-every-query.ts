/**
 * Drives every use case that lists, counts, sweeps or prunes, with every combination of filters that the API takes: for the test that holds
 * the queries against the indexes. Which calls it must reach is found in the sources by that test.
 */
import { StepError } from '@automateos/shared/model/step-error';
import type { Schedules } from '@automateos/shared/ports/schedules';
import { pruneExecutions } from '../app/admin/prune-executions.ts';
import { rotateInstallation } from '../app/credentials/rotate-installation.ts';
import { takeEnvironmentCredentials } from '../app/credentials/take-environment.ts';
import { rebuildQueue, sweep } from '../app/engine/sweep.ts';
import { openExecution } from '../app/executions/follow-execution.ts';
import { followApprovals, followExecutions, followWorkflows, nowId } from '../app/live/follow.ts';
import { listWorkflowTools } from '../app/mcp/workflow-tools.ts';
import { checkDocuments } from '../app/migrations/check-documents.ts';
import { previewMigrations, runMigrations } from '../app/migrations/run-migrations.ts';
import { getDelivery } from '../app/outgoing-webhooks/deliveries.ts';
import { giveUpEndpoint } from '../app/outgoing-webhooks/give-up-endpoint.ts';
import { estimateStoredBytes } from '../app/quotas/estimate-stored-bytes.ts';
import { fireDueSchedules } from '../app/schedules/fire-due-schedules.ts';
import { reconcileJobs } from '../app/schedules/reconcile-jobs.ts';
import type { ApiFixture } from './api-fixture.ts';
import { settled } from './fake-clock.ts';
import { edges, effect, type Node, start } from './run-definition.ts';

const dayMs = 86_400_000;

/** As in the cloud: a few schedules have jobs. */
export const someJobs: Schedules = {
  others: 'tick',
  jobLimit: 3,
  put: async () => {},
  remove: async () => {},
  list: async () => [],
};

export async function askEveryQuery(api: ApiFixture): Promise<void> {
  const { org } = api.owner.principal;
  api.app.effects.behave = ({ params }) => {
    if (params.value === 'fail') throw new StepError({ code: 'NO', message: 'no', retryable: false });
    return { output: params.value ?? null };
  };
  const after = nowId(api.app);
  await workflows(api);
  await runs(api, org);
  await changesSince(api, after);
  await lists(api);
  await outgoingWebhooks(api);
  await credentials(api, org);
  await people(api, org);
  await rounds(api, org);
}

/** Answers the id; throws for what was refused. */
async function must(api: ApiFixture, method: string, path: string, body?: unknown): Promise<string> {
  const answer = await api.call(method, path, body);
  await settled();
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return String(answer.body.id);
}

async function deployed(api: ApiFixture, name: string, nodes: Node[], pairs: string[] = [], settings = {}): Promise<string> {
  const id = await must(api, 'POST', '/v1/workflows', { name, nodes, edges: edges(...pairs), settings });
  await must(api, 'POST', `/v1/workflows/${id}/activate`);
  return id;
}

async function workflows(api: ApiFixture): Promise<void> {
  await must(api, 'POST', '/v1/variables', { name: 'rate', value: 2 });
  await must(api, 'POST', '/v1/credentials', { name: 'key', kind: 'http-bearer', data: { token: 'secret' } });
  await must(api, 'POST', '/v1/api-keys', { name: 'ci', role: 'editor' });
  const gone = await deployed(api, 'gone', [start]);
  await must(api, 'DELETE', `/v1/workflows/${gone}`);
  await deployed(api, 'on-error', [{ id: 'error', type: 'trigger.error' }, effect('noted')], ['error>noted']);
  const condition = '{{ input.data.n < vars.rate }}';
  await deployed(api, 'on-event', [{ id: 'event', type: 'trigger.event', params: { type: 'made', condition } }]);
  await must(api, 'POST', '/v1/events', { type: 'made', source: 'here', data: { n: 1 } });
  const cron = await deployed(api, 'scheduled', [{ id: 'cron', type: 'trigger.schedule', params: { cron: '* * * * *' } }]);
  await must(api, 'GET', `/v1/workflows/${cron}/schedules`);
}

async function runs(api: ApiFixture, org: string): Promise<void> {
  const begin = (workflow: string) => must(api, 'POST', `/v1/workflows/${workflow}/executions`, { input: {} });
  const sleep: Node = { id: 'sleep', type: 'flow.wait', params: { durationMs: '300d' } };
  const one = await deployed(api, 'one-at-a-time', [start, sleep], ['go>sleep'], { maxConcurrent: 1 });
  const [first] = [await begin(one), await begin(one)];
  const control = (verb: string, id: string | undefined) => must(api, 'POST', `/v1/executions/${id}/${verb}`);
  for (const verb of ['pause', 'resume', 'cancel']) await control(verb, first);

  const failing = await deployed(
    api,
    'fails',
    [start, effect('undo'), { ...effect('a'), compensate: 'undo' }, effect('b', 'fail'), effect('c', '{{ vars.rate }}')],
    ['go>a', 'a>b', 'go>c'],
  );
  const failed = await begin(failing);
  await must(api, 'GET', `/v1/executions/${failed}/steps`);
  const plain = await deployed(api, 'fails-plainly', [start, effect('b', 'fail')], ['go>b']);
  await control('retry', await begin(plain));
  const call: Node = { id: 'ask', type: 'http.request', params: { url: 'http://192.0.2.1/' }, credential: 'key' };
  await begin(await deployed(api, 'asks', [start, call], ['go>ask']));

  const each: Node = { id: 'each', type: 'flow.for-each', params: { items: '{{ [1, 2, 3] }}' } };
  const looped = await begin(
    await deployed(api, 'loops', [start, each, effect('body', 1, { parent: 'each' }), effect('end')], ['go>each', 'each>end']),
  );
  await must(api, 'GET', `/v1/executions/${looped}`);
  await must(api, 'POST', `/v1/executions/${looped}/fork`, { nodeId: 'end' });
  const followed = openExecution(api.app, org, looped);
  await followed.look();
  followed.close();
}

async function changesSince({ app, owner }: ApiFixture, after: string): Promise<void> {
  const { principal } = owner;
  for (const follow of [followExecutions, followApprovals, followWorkflows]) {
    const abort = new AbortController();
    const changes = follow(app, principal, { after, signal: abort.signal, renew: async () => principal });
    const reading = Array.fromAsync(changes);
    await settled();
    abort.abort();
    await reading;
  }
}

/** Every combination of `filters`, each there or not. */
function combinations(filters: readonly string[]): readonly string[] {
  const sets: string[][] = [[]];
  for (const filter of filters) sets.push(...sets.map((some) => [...some, filter]));
  return sets.map((some) => some.join('&'));
}

async function lists(api: ApiFixture): Promise<void> {
  const workflow = String((await api.call('GET', '/v1/workflows?limit=1')).text.match(/wf_\w+/)?.[0]);
  const [from, to] = ['2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'];
  const filters = {
    workflows: ['search=x', 'active=true'],
    [`workflows/${workflow}/versions`]: [],
    executions: [`workflowId=${workflow}`, 'status=waiting', `from=${from}`, `to=${to}`],
    approvals: ['status=pending'],
    'dead-letters': ['status=open', 'kind=step', `workflowId=${workflow}`, 'executionId=exe_none'],
    'dead-letters?place=installation': ['status=open', `workflowId=${workflow}`, 'executionId=exe_none'],
    ...{
      variables: [],
      credentials: [],
      'api-keys': [],
      'audit-log': [],
      usage: [],
      budget: [],
      [`workflows/${workflow}/budget`]: [],
    },
  };
  await must(api, 'POST', `/v1/workflows/${workflow}/estimate`);
  for (const [path, possible] of Object.entries(filters)) {
    for (const chosen of combinations(possible)) {
      await must(api, 'GET', `/v1/${path}${path.includes('?') ? '&' : '?'}${chosen}`);
    }
  }
}

/** Kinds, an authorization, uses, the environment's, a rotation of the data key. */
async function credentials(api: ApiFixture, org: string): Promise<void> {
  const data = { authorizationUrl: 'https://idp.example/', tokenUrl: 'https://idp.example/token', clientId: 'c' };
  const id = await must(api, 'POST', '/v1/credentials', { name: 'signed-in', kind: 'oauth2-authorization-code', data });
  await must(api, 'POST', `/v1/credentials/${id}/authorize`);
  await must(api, 'GET', `/v1/credentials/${id}/used-by`);
  await takeEnvironmentCredentials(api.app, org, []);
  await must(api, 'POST', '/v1/admin/rotate-keys');
  const { store, secrets, dataKeys, clock } = api.app;
  if (dataKeys === undefined) throw new Error('the fixture seals');
  for await (const { unreadable } of rotateInstallation({ store, secrets, dataKeys, clock }, { renew: true }))
    if (unreadable > 0) throw new Error('a secret does not open');
}

async function outgoingWebhooks(api: ApiFixture): Promise<void> {
  const events = ['execution.succeeded'];
  const id = await must(api, 'POST', '/v1/webhook-endpoints', { url: 'https://hooks.example/', events });
  const deliveryId = await must(api, 'POST', `/v1/webhook-endpoints/${id}/test`);
  await must(api, 'POST', `/v1/webhook-endpoints/${id}/replay`);
  const range = ['from=2026-01-01T00:00:00Z', 'to=2027-01-01T00:00:00Z'];
  for (const chosen of combinations(['status=failed', ...range])) {
    await must(api, 'GET', `/v1/webhook-endpoints/${id}/deliveries?${chosen}`);
  }
  await listWorkflowTools(api.app, api.owner.principal, new Set());
  await giveUpEndpoint(api.app, await getDelivery(api.app, api.owner.principal, deliveryId), 'failing');
}

/** Members, invitations, sessions, quotas, and an organization that comes and goes. */
async function people(api: ApiFixture, org: string): Promise<void> {
  await must(api, 'POST', '/v1/invitations', { email: 'new@example.test', role: 'viewer' });
  for (const list of ['members', 'invitations', 'quotas', 'organizations', 'auth/sessions'])
    await must(api, 'GET', `/v1/${list}`);
  const { userId } = api.owner.principal;
  const lastOwner = await api.call('PATCH', `/v1/members/${userId}`, { role: 'viewer' });
  if (lastOwner.status !== 409) throw new Error('the last owner went');
  const other = await must(api, 'POST', '/v1/organizations', { name: 'other' });
  const key = await api.call('POST', '/v1/api-keys', { name: 'gone' }, { 'x-organization-id': other });
  if (key.status !== 201) throw new Error(`no key: ${key.text}`);
  const gone = await api.call('DELETE', `/v1/organizations/${other}`, undefined, { 'x-organization-id': other });
  if (gone.status !== 204) throw new Error(`an organization stayed: ${gone.text}`);
  // more of each than an estimate looks at
  await estimateStoredBytes(api.app, org, 1);
}

async function rounds(api: ApiFixture, org: string): Promise<void> {
  const { app } = api;
  await sweep(app);
  await rebuildQueue(app);
  await reconcileJobs(app);
  await fireDueSchedules(app);
  await fireDueSchedules(app, { aheadMs: dayMs });
  const store = app.store;
  const migration = { id: '0001-nothing', title: 'nothing', groups: ['executions', 'branches'], change: () => null };
  const run = { store, clock: app.clock, owner: 'test', migrations: [migration] };
  await previewMigrations(run);
  await runMigrations(run);
  for await (const _ of checkDocuments(store)) {
    // what it finds is for its own tests
  }
  await app.fakeClock.advance(400 * dayMs);
  for (const dryRun of [true, false]) {
    await pruneExecutions(app, { limit: 100, dryRun, olderThanDays: 1 });
  }
  const left = await store.count({ collection: `organizations/${org}/workflows` });
  if (left === 0) throw new Error('no workflow is left: pruning went too far');
}

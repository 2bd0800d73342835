/** Ids of one organization inside the requests of another: in bodies, filters, definitions and cursors, where no path shows them. */
import type { JsonValue } from '@automateos/shared/model/json';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answered } from '../api-fixture.ts';
import { settled } from '../fake-clock.ts';
import { itemsOf } from './tenant.ts';
import { createWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await settled();
});

/** As the owner of the other organization. */
const ask = (method: string, path: string, body?: JsonValue) => world.foreign.ask(method, path, body);

function expectNothingOf(answer: Answered, label: string): void {
  expect([label, answer.status < 500, answer.text.includes(world.home.canary)]).toEqual([label, true, false]);
}

describe('a filter by a foreign id', () => {
  test('finds as much as one by an id of nothing', async () => {
    const { things } = world.home;
    const filters: readonly (readonly [path: string, id: string])[] = [
      ['/v1/executions?workflowId=', things.workflowId],
      ['/v1/dead-letters?workflowId=', things.workflowId],
      ['/v1/dead-letters?executionId=', things.failedId],
      ['/v1/audit-log?target=', things.workflowId],
      ['/v1/audit-log?by=', world.home.owner.userId],
    ];
    for (const [path, id] of filters) {
      const [foreign, nothing] = [await ask('GET', `${path}${id}`), await ask('GET', `${path}nothing_0`)];
      expect([path, foreign.status, itemsOf(foreign.body.items)]).toEqual([path, nothing.status, []]);
      expectNothingOf(foreign, path);
    }
  });

  test('handles no letter of another organization, by id or by filter', async () => {
    const before = world.stored();
    const { letterId, workflowId, failedId } = world.home.things;
    for (const verb of ['redrive', 'discard']) {
      const byId = await ask('POST', `/v1/dead-letters/${verb}`, { ids: [letterId] });
      expect(itemsOf(byId.body.items)).toMatchObject([{ id: letterId, ok: false, problem: { code: 'NOT_FOUND' } }]);
      for (const filter of [{ workflowId }, { executionId: failedId }]) {
        expect((await ask('POST', `/v1/dead-letters/${verb}`, { filter })).body.items).toEqual([]);
      }
    }
    expect(world.stored()).toBe(before);
  });
});

describe('a body with a foreign id', () => {
  test('runs, tests, estimates and watches nothing of another organization', async () => {
    const before = world.stored();
    const { workflowId } = world.home.things;
    const tests = [{ name: 'peeps', input: {}, expect: { status: 'succeeded' } }];
    const run = await ask('POST', '/v1/workflow-tests/run', { workflowId, tests });
    expect([run.status, run.body.code]).toEqual([404, 'NOT_FOUND']);
    const endpoint = await ask('POST', '/v1/webhook-endpoints', {
      ...{ url: 'https://receiver.example/spy', events: ['execution.failed', 'execution.succeeded'], workflowIds: [workflowId] },
    });
    expectNothingOf(endpoint, 'endpoint');
    expect([endpoint.status, endpoint.body.code]).toEqual([422, 'INVALID_PARAMS']);
    expect(world.stored()).toBe(before);
  });

  test('a definition that names a foreign credential or workflow opens and calls none', async () => {
    const { credentialId, workflowId } = world.home.things;
    const definitions = [
      {
        name: 'borrows a credential',
        nodes: [
          { id: 'start', type: 'trigger.manual' },
          { id: 'call', type: 'http.request', params: { url: 'https://receiver.example/', credential: credentialId } },
        ],
        edges: [{ from: 'start', to: 'call' }],
      },
      {
        name: 'calls a workflow',
        nodes: [
          { id: 'start', type: 'trigger.manual' },
          { id: 'call', type: 'flow.call', params: { workflowId } },
        ],
        edges: [{ from: 'start', to: 'call' }],
      },
    ];
    const executions = () =>
      world.fixture.store.documents().filter(({ path }) => path.startsWith(`organizations/${world.home.org}/executions/`)).length;
    const before = executions();
    for (const definition of definitions) {
      for (const path of ['/v1/workflows', '/v1/workflows/import', '/v1/workflows/validate']) {
        expectNothingOf(
          await ask('POST', path, { ...definition, name: `${definition.name} by ${path.split('/').at(-1)}` }),
          path,
        );
      }
      const made = await ask('POST', '/v1/workflows', definition);
      if (made.status !== 201) continue; // refused as it is saved
      const started = await ask('POST', `/v1/workflows/${String(made.body.id)}/executions`, { input: {} });
      await settled();
      const ended = await ask('GET', `/v1/executions/${String(started.body.id)}`);
      expectNothingOf(ended, definition.name);
      expect([definition.name, ended.body.status === 'succeeded']).toEqual([definition.name, false]);
    }
    expect(executions()).toBe(before);
  });
});

describe('a cursor', () => {
  test('is good in the organization that was given it, and in no other', async () => {
    await Promise.all([
      world.home.make.workflow(),
      world.home.make.execution(),
      world.home.make.variable(),
      world.home.make.credential(),
    ]);
    await settled();
    const lists = [
      '/v1/workflows',
      '/v1/executions',
      '/v1/variables',
      '/v1/credentials',
      '/v1/audit-log',
      '/v1/api-keys',
      '/v1/members',
    ];
    for (const path of lists) {
      const { nextCursor } = (await world.home.ask('GET', `${path}?limit=1`)).body;
      expect([path, typeof nextCursor]).toEqual([path, 'string']);
      const own = await world.home.ask('GET', `${path}?limit=1&cursor=${String(nextCursor)}`);
      expect([path, own.status]).toEqual([path, 200]);
      const borrowed = await ask('GET', `${path}?limit=1&cursor=${String(nextCursor)}`);
      expect([path, borrowed.status, borrowed.body.code]).toEqual([path, 400, 'MALFORMED_REQUEST']);
      expectNothingOf(borrowed, path);
    }
  });
});

describe('an idempotency key', () => {
  test('of one organization replays nothing to another', async () => {
    const headers = { 'idempotency-key': 'the-same-key' };
    const body = { name: 'shared_name', value: world.home.canary };
    const first = await world.home.ask('POST', '/v1/variables', body, headers);
    expect([first.status, first.text.includes(world.home.canary)]).toEqual([201, true]);
    const second = await world.foreign.ask('POST', '/v1/variables', { ...body, value: 'mine' }, headers);
    expect([second.status, second.headers.get('idempotency-replayed'), second.body.value]).toEqual([201, null, 'mine']);
  });
});

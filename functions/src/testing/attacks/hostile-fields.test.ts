/**
 * Bodies that are right but for a field that nobody may send: keys that reach for prototypes, and fields that are the server's to set. Over
 * every operation of the OpenAPI document that takes a body, with the bodies of the permission matrix.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { beforeAll, expect, test } from 'vitest';
import type { Answered } from '../api-fixture.ts';
import { type Operation, operationsOf } from '../every-route.ts';
import { withKey } from '../fuzz/hostile-values.ts';
import { rows } from '../matrix/rows.ts';
import { createWorld, type World } from '../matrix/world.ts';

let world: World;
type Write = Operation & { readonly body: JsonObject; readonly address: string };

let writes: readonly Write[];
let serial = 0;

/** What comes in as any JSON, and goes out as it came: nothing in it is a field of ours. */
const opaque = new Set(['answerCallback']);
/** Answer a verdict and store nothing, or store what is not finished. */
const lenient = new Set(['validateWorkflow', 'updateWorkflowDraft']);

beforeAll(async () => {
  world = await createWorld();
  const { body: document } = await world.fixture.call('GET', '/openapi.json');
  const all: Write[] = [];
  for (const operation of operationsOf(document)) {
    const row = rows[operation.id];
    if (!operation.hasBody || row === undefined || opaque.has(operation.id)) continue;
    const params = (await row.params?.(world.home)) ?? {};
    const body = row.body?.(world.home, 900_000 + all.length) ?? {};
    const address = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    if (isJsonObject(body)) all.push({ ...operation, body, address });
  }
  writes = all;
});

const send = (method: string, address: string, body: JsonValue | string, type = 'application/json'): Promise<Answered> =>
  world.home.ask(method, address, typeof body === 'string' ? body : JSON.stringify(body), { 'content-type': type });

/** The text of the body with a key at its start, which JSON.stringify would not write. */
const withText = (body: JsonObject, entry: string) =>
  JSON.stringify(body).replace('{', `{${entry}${Object.keys(body).length === 0 ? '' : ','}`);

test('prototypes are reached by no body', async () => {
  const entries = [
    '"__proto__":{"polluted":true}',
    '"constructor":{"prototype":{"polluted":true}}',
    '"prototype":{"polluted":true}',
    '"__proto__.polluted":true',
    '"__defineGetter__":"polluted"',
  ];
  const before = Object.getOwnPropertyNames(Object.prototype).toSorted();
  const wrong: string[] = [];
  for (const { id, method, address, body } of writes) {
    for (const entry of entries) {
      const answer = await send(method, address, withText(body, entry));
      const isRight = lenient.has(id) ? answer.status < 500 : answer.status >= 400 && answer.status < 500;
      if (!isRight) wrong.push(`${id} with ${entry}: ${answer.status} ${answer.text.slice(0, 200)}`);
    }
  }
  expect(wrong).toEqual([]);
  expect('polluted' in {}).toBe(false);
  expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(before);
});

test('nor by YAML or a query', async () => {
  const yaml = [
    '__proto__: {polluted: true}',
    '"__proto__": {polluted: true}',
    'constructor: {prototype: {polluted: true}}',
    '? __proto__\n: {polluted: true}',
  ];
  for (const { id, method, address } of writes.filter((one) => one.yaml && !lenient.has(one.id))) {
    for (const entry of yaml) {
      const answer = await send(
        method,
        address,
        `name: yaml ${++serial}\nnodes: [{id: start, type: trigger.manual}]\n${entry}\n`,
        'application/yaml',
      );
      expect([id, entry, answer.status >= 400 && answer.status < 500, answer.status]).toEqual([id, entry, true, answer.status]);
    }
  }
  for (const query of [
    '__proto__[polluted]=1',
    '__proto__.polluted=1',
    'constructor[prototype][polluted]=1',
    '__proto__=polluted',
  ]) {
    for (const { method, address, body } of writes)
      expect((await send(method, `${address}?${query}`, body)).status).toBeLessThan(500);
    for (const path of ['/v1/workflows', '/v1/executions', '/v1/audit-log']) {
      expect((await world.home.ask('GET', `${path}?${query}`)).status).toBe(400);
    }
  }
  expect('polluted' in {}).toBe(false);
});

test('what is the server’s to set is refused by name, or nowhere to be found', async () => {
  const own: JsonObject = {
    ...{
      id: 'wf_canary0set',
      org: 'org_canary0set',
      orgId: 'org_canary0set',
      organizationId: 'org_canary0set',
      workspaceId: 'canary0set',
    },
    ...{
      ownerId: 'usr_canary0set',
      userId: 'usr_canary0set',
      createdBy: 'usr_canary0set',
      createdAt: '1999-09-09T09:09:09.999Z',
    },
    ...{
      role: 'owner',
      status: 'canary0set',
      digest: 'canary0set',
      isAdmin: true,
      active: true,
      version: 9_999,
      latestVersion: 9_999,
    },
  };
  const wrong: string[] = [];
  let refused = 0;
  for (const { id, method, address, body } of writes) {
    for (const [field, value] of Object.entries(own).filter(([field]) => !(field in body) && !isTheirs(id, field))) {
      const answer = await send(method, address, withKey(body, field, value));
      if (answer.status === 422 && answer.text.includes(field)) refused += 1;
      else if (lenient.has(id) && answer.status < 500) continue;
      else wrong.push(`${id} with ${field}: ${answer.status} ${answer.text.slice(0, 200)}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(refused).toBeGreaterThan(300);
  const stored = world.fixture.store
    .documents()
    .filter(({ path }) => !path.includes('/drafts/') && !path.includes('/idempotency/'));
  expect(JSON.stringify(stored)).not.toMatch(/canary0set|1999-09-09/);
});

/** Fields of these names that an operation does take. */
function isTheirs(id: string, field: string): boolean {
  const taken: Readonly<Record<string, readonly string[]>> = {
    createApiKey: ['role'],
    activateWorkflow: ['version'],
    startExecution: ['version'],
    retryExecution: ['version'],
    forkExecution: ['version'],
    estimateWorkflow: ['version'],
    runWorkflowTests: ['version'],
    replayWebhookDeliveries: ['status'],
    sendEvent: ['id'],
  };
  return taken[id]?.includes(field) === true;
}

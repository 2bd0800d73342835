/**
 * An organization in which something of every kind is there: what a stranger could reach for, what its own people may change. All of it
 * is made by its owner's requests; its names and values hold `canary`, which no answer to a stranger may.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { Answered, ApiFixture } from '../api-fixture.ts';
import { crashSteps, type Hanging } from '../crash-steps.ts';
import { settled } from '../fake-clock.ts';
import { createPerson, type Person } from './callers.ts';

export type Ask = (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answered>;

export type Tenant = {
  readonly org: string;
  readonly canary: string;
  readonly owner: Person;
  /** As its owner. */
  readonly ask: Ask;
  readonly things: Things;
  /** What it takes to make more of them: a row whose work uses a thing up makes one for each of its cells. */
  readonly make: Make;
};

export type Make = {
  workflow(): Promise<string>;
  /** Of a workflow that ends at once. */
  execution(): Promise<string>;
  /** Of a workflow that waits for a person. */
  waiting(): Promise<{ readonly executionId: string; readonly approvalId: string }>;
  /** Of a step that kills its worker. */
  failed(): Promise<{ readonly executionId: string; readonly letterId: string }>;
  variable(): Promise<string>;
  credential(): Promise<string>;
  apiKey(): Promise<string>;
  member(): Promise<string>;
  invitation(): Promise<string>;
  endpoint(): Promise<string>;
  dropEndpoint(id: string): Promise<void>;
};

export type Things = {
  readonly workflowId: string;
  readonly executionId: string;
  readonly waitingId: string;
  readonly approvalId: string;
  readonly failedId: string;
  readonly letterId: string;
  readonly variable: string;
  readonly credentialId: string;
  readonly apiKeyId: string;
  readonly endpointId: string;
  readonly deliveryId: string;
  /** To be deleted: there are but few. */
  readonly spareEndpointId: string;
};

type TenantOptions = {
  readonly fixture: ApiFixture;
  readonly hanging: Hanging;
  readonly org: string;
  readonly owner: Person;
  readonly token: string;
  readonly canary: string;
};

export async function createTenant({ fixture, hanging, org, owner, token, canary }: TenantOptions): Promise<Tenant> {
  const ask: Ask = (method, path, body, headers = {}) =>
    fixture.call(method, path, body, { authorization: `Bearer ${token}`, ...headers });
  const make = createMake(fixture, hanging, ask, { org, canary });
  const workflowId = await make.workflow();
  await ask('PUT', `/v1/workflows/${workflowId}/draft`, { name: canary });
  await ask('PUT', '/v1/budget', { monthlyMicroUsd: 1_000_000_000, onExceeded: 'warn' });
  await ask('PUT', `/v1/workflows/${workflowId}/budget`, { monthlyMicroUsd: 1_000_000_000, onExceeded: 'warn' });
  const executionId = await make.execution();
  const { executionId: waitingId, approvalId } = await make.waiting();
  const { executionId: failedId, letterId } = await make.failed();
  const things: Things = {
    ...{ workflowId, executionId, waitingId, approvalId, failedId, letterId },
    ...{ variable: await make.variable(), credentialId: await make.credential(), apiKeyId: await make.apiKey() },
    ...(await createDelivery(make, ask)),
  };
  return { org, canary, owner, ask, things, make };
}

function createMake(fixture: ApiFixture, hanging: Hanging, ask: Ask, { org, canary }: Pick<Tenant, 'org' | 'canary'>): Make {
  let serial = 0;
  const name = (what: string) => `${canary} ${what} ${++serial}`;
  const create = async (path: string, body: JsonObject): Promise<JsonObject> => {
    const made = await ask('POST', path, body);
    if (made.status >= 300) throw new Error(`POST ${path} answers ${made.status} ${made.text}`);
    return made.body;
  };
  const workflow = async (definition: JsonObject) => String((await create('/v1/workflows?activate=true', definition)).id);
  const start = async (workflowId: string): Promise<string> => {
    const { id } = await create(`/v1/workflows/${workflowId}/executions`, { input: { secret: canary } });
    await settled();
    return String(id);
  };
  const plain = () =>
    workflow(definitionOf(name('plain'), { id: 'set', type: 'data.set', params: { values: { secret: canary } } }));
  const shared = { plain: null as string | null, waiting: null as string | null, failing: null as string | null };
  return {
    workflow: plain,
    async execution() {
      shared.plain ??= await plain();
      return start(shared.plain);
    },
    async waiting() {
      shared.waiting ??= await workflow(
        definitionOf(name('waits'), { id: 'ask', type: 'flow.approval', params: { title: canary } }),
      );
      const executionId = await start(shared.waiting);
      const { body } = await ask('GET', '/v1/approvals?status=pending&limit=200');
      const approval = itemsOf(body.items).find((one) => one.executionId === executionId);
      return { executionId, approvalId: String(approval?.id) };
    },
    async failed() {
      shared.failing ??= await workflow(
        definitionOf(name('fails'), { id: 'poison', type: 'test.effect', params: { value: canary } }),
      );
      const executionId = await start(shared.failing);
      const [letter] = await crashSteps(fixture.app, hanging, executionId, org);
      return { executionId, letterId: String(letter?.id) };
    },
    async variable() {
      return String((await create('/v1/variables', { name: `${canary.replace('-', '_')}_${++serial}`, value: canary })).name);
    },
    async credential() {
      return String((await create('/v1/credentials', { name: name('c'), kind: 'http-bearer', data: { token: canary } })).id);
    },
    async apiKey() {
      return String((await create('/v1/api-keys', { name: name('key'), role: 'viewer' })).id);
    },
    async member() {
      return (await createPerson(fixture, org, 'viewer', `member-${++serial}`)).userId;
    },
    async invitation() {
      return String((await create('/v1/invitations', { email: `${canary}-${++serial}@example.test`, role: 'viewer' })).id);
    },
    async endpoint() {
      const body = { url: `https://receiver.example/${canary}`, events: ['execution.failed'], description: canary };
      return String((await create('/v1/webhook-endpoints', body)).id);
    },
    async dropEndpoint(id) {
      await ask('DELETE', `/v1/webhook-endpoints/${id}`);
    },
  };
}

async function createDelivery(make: Make, ask: Ask): Promise<Pick<Things, 'endpointId' | 'deliveryId' | 'spareEndpointId'>> {
  const endpointId = await make.endpoint();
  const { body } = await ask('POST', `/v1/webhook-endpoints/${endpointId}/test`);
  return { endpointId, deliveryId: String(body.id), spareEndpointId: await make.endpoint() };
}

function definitionOf(name: string, node: JsonObject): JsonObject {
  return { name, nodes: [{ id: 'start', type: 'trigger.manual' }, node], edges: [{ from: 'start', to: String(node.id) }] };
}

export function itemsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/**
 * Sends drawn requests to every operation of the OpenAPI document in turn, and tells each kind of wrong answer once. The same seed sends the
 * same requests, but for the ids of what is there.
 */
import { isJsonObject, type JsonObject } from '@automateos/shared/model/json';
import fc from 'fast-check';
import { type ApiFixture, createApiFixture } from '../api-fixture.ts';
import { createHanging } from '../crash-steps.ts';
import { createKey, createPerson, type Person, signIn } from '../matrix/callers.ts';
import { createTenant, itemsOf, type Tenant, type Things } from '../matrix/tenant.ts';
import { createAnswerCheck, problemFault } from './check-answer.ts';
import { encoded, type FuzzRequest, requestArbitrary } from './request-arbitrary.ts';

export type FuzzOptions = { readonly requests: number; readonly seed: number };

export type Fault = { readonly operation: string; readonly fault: string; readonly request: FuzzRequest };

export type FuzzReport = {
  readonly requests: number;
  readonly operations: number;
  /** How many answers had each status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly faults: readonly Fault[];
};

/** What is used up is made anew after so many requests. */
const renewEvery = 1_000;

export async function runFuzz({ requests, seed }: FuzzOptions): Promise<FuzzReport> {
  const world = await createFuzzWorld();
  const check = createAnswerCheck(world.document);
  const perOperation = Math.ceil(requests / world.operations.length);
  const drawn = world.operations.map(({ path, method, operation }) =>
    fc.sample(requestArbitrary(world.document, path, method, operation), { numRuns: perOperation, seed }),
  );
  const statuses: Record<string, number> = {};
  const faults = new Map<string, Fault>();
  let sent = 0;
  for (let round = 0; round < perOperation && sent < requests; round += 1) {
    for (const request of drawn.flatMap((all) => all[round] ?? []).slice(0, requests - sent)) {
      if (sent % renewEvery === 0) await world.renew();
      sent += 1;
      const answer = await world.send(request);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      const fault = answer.folded
        ? answer.status < 400
          ? null
          : problemFault(answer)
        : check(request.method, request.path, answer);
      const operation = `${request.method} ${request.path}`;
      // one of a kind: numbers and quoted texts differ from case to case
      const kind = `${operation} ${fault?.replace(/"[^"]*"|\d+/g, '').slice(0, 120)}`;
      if (fault !== null && !faults.has(kind)) faults.set(kind, { operation, fault, request });
    }
  }
  return { requests: sent, operations: world.operations.length, statuses, faults: [...faults.values()] };
}

type Sent = { readonly status: number; readonly headers: Headers; readonly text: string; readonly folded: boolean };

type FuzzWorld = {
  readonly document: JsonObject;
  readonly operations: readonly { readonly path: string; readonly method: string; readonly operation: JsonObject }[];
  renew(): Promise<void>;
  send(request: FuzzRequest): Promise<Sent>;
};

async function createFuzzWorld(): Promise<FuzzWorld> {
  const fixture = await createApiFixture();
  const hanging = createHanging();
  fixture.app.effects.behave = hanging.hang;
  const { org, userId } = fixture.owner.principal;
  const owner: Person = { userId, email: fixture.owner.email };
  const document = (await fixture.call('GET', '/openapi.json')).body;
  // a key, which no request can sign out
  const token = await createKey(fixture, org, owner, { role: 'owner' });
  let tenant: Tenant | null = null;
  let people = 0;
  // what belongs to a person is asked by one, who is another after each request that ends the session
  const newcomer = async () => {
    people += 1;
    return signIn(fixture, await createPerson(fixture, org, 'viewer', `fuzz-${people}`));
  };
  let person = await newcomer();
  return {
    document,
    operations: operationsOf(document),
    async renew() {
      await makeRoom(fixture, token);
      const fresh = await createKey(fixture, org, owner, { role: 'owner' });
      tenant = await createTenant({ fixture, hanging, org, owner, token: fresh, canary: `fuzz-${fixture.app.ids.make('')}` });
    },
    async send(request) {
      const address = addressOf(request, tenant);
      const url = new URL(address, 'http://127.0.0.1');
      // dots in a path are folded by the URL itself, and what is left may be another operation
      const folded = url.pathname.split('/').length !== request.path.split('/').length || url.pathname.includes('//');
      const isPersonal = /^.v1.(auth|organizations$|organizations.+leave|invitations.accept)/.test(request.path);
      const authorization = `Bearer ${isPersonal ? person : token}`;
      const init = { method: request.method, headers: { authorization, ...request.headers } };
      const body = request.body === null || request.method === 'GET' ? {} : { body: request.body };
      const response = await answered(fixture, new Request(url, { ...init, ...body }));
      if (isPersonal && (response.status === 401 || request.method !== 'GET')) person = await newcomer();
      const isStream = response.headers.get('content-type') === 'text/event-stream';
      if (isStream) await response.body?.cancel();
      return { status: response.status, headers: response.headers, text: isStream ? '' : await response.text(), folded };
    },
  };
}

/** There may be but few endpoints of webhooks. */
async function makeRoom({ call }: ApiFixture, token: string): Promise<void> {
  const authorization = `Bearer ${token}`;
  const { body } = await call('GET', '/v1/webhook-endpoints', undefined, { authorization });
  for (const { id } of itemsOf(body.items)) await call('DELETE', `/v1/webhook-endpoints/${id}`, undefined, { authorization });
}

/** A request that waits (`Prefer: wait`) waits for virtual time. */
async function answered({ api, app }: ApiFixture, request: Request): Promise<Response> {
  let done = false;
  const answer = api.fetch(request, { clientAddress: '192.0.2.1' }).finally(() => {
    done = true;
  });
  for (let turn = 0; turn < 200 && !done; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  while (!done) await app.fakeClock.advance(10_000);
  return answer;
}

function addressOf({ path, params, query }: FuzzRequest, tenant: Tenant | null): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encoded(params[name] ?? thingFor(path, name, tenant?.things)));
  return query === '' ? filled : `${filled}?${query}`;
}

function thingFor(path: string, name: string, things: Things | undefined): string {
  if (things === undefined) return 'nothing';
  if (name === 'version' || name === 'other') return '1';
  if (name === 'name') return things.variable;
  if (name === 'type') return 'data.set';
  const ofNoun: Readonly<Record<string, string>> = {
    workflows: things.workflowId,
    executions: [things.executionId, things.waitingId, things.failedId][path.length % 3] ?? things.executionId,
    approvals: things.approvalId,
    'dead-letters': things.letterId,
    credentials: things.credentialId,
    'api-keys': things.apiKeyId,
    'webhook-endpoints': things.endpointId,
    'webhook-deliveries': things.deliveryId,
  };
  return ofNoun[path.split('/')[2] ?? ''] ?? 'nothing';
}

function operationsOf(document: JsonObject): FuzzWorld['operations'] {
  const paths = isJsonObject(document.paths) ? document.paths : {};
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(isJsonObject(methods) ? methods : {}).flatMap(([method, operation]) =>
      isJsonObject(operation) ? [{ path, method, operation }] : [],
    ),
  );
}

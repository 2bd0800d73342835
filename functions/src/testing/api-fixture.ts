/**
 * The API over the test app (real engine, fakes of the ports), with an owner who is signed in. Time stands still until a test moves it;
 * nothing leaves the process.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { Identity } from '@automateos/shared/ports/identity';
import type { Logger } from '@automateos/shared/ports/logger';
import { createFakeDocumentStore, type FakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { createAesSecretBox } from '../adapters/embedded/aes-secret-box.ts';
import { createKeyRing } from '../adapters/embedded/key-file-ring.ts';
import { createLocalIdentity } from '../adapters/embedded/local-identity.ts';
import { createOrganizationDataKeys } from '../adapters/embedded/organization-data-keys.ts';
import type { PasswordHasher } from '../adapters/embedded/password-hash.ts';
import { type Api, type ApiOptions, createApi } from '../api/create-api.ts';
import { openGraphql } from '../api/graphql/graphql-settings.ts';
import type { Maintenance } from '../app/admin/maintenance.ts';
import type { App } from '../app/app-context.ts';
import { type EnsuredOwner, ensureOwner } from '../app/auth/ensure-owner.ts';
import { withAccessReads } from '../app/cache/access-reads.ts';
import { createTestApp, type TestApp } from './test-app.ts';

export const ownerEmail = 'owner@example.test';
export const ownerPassword = 'correct horse battery';

export type Answered = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed where it is a JSON object, else empty. */
  readonly body: JsonObject;
};

type LoggedEvent = { readonly event: string; readonly fields: unknown; readonly cause: unknown };

export type ApiFixture = {
  readonly app: TestApp;
  readonly api: Api;
  readonly identity: Identity;
  readonly store: FakeDocumentStore;
  readonly owner: EnsuredOwner;
  readonly token: string;
  readonly events: readonly LoggedEvent[];
  /** As the owner, unless headers say otherwise; objects go as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string | null>>): Promise<Answered>;
};

export async function createApiFixture(
  changes: Partial<App> = {},
  options: Pick<ApiOptions, 'limits' | 'corsOrigins' | 'graphql'> = {},
): Promise<ApiFixture> {
  // as embedded: this process alone writes, so nothing outdated is read
  const { store, reads } = withAccessReads(createFakeDocumentStore(), { now: () => 0 });
  const events: LoggedEvent[] = [];
  const keyRing = createKeyRing([{ id: 'test', bytes: new Uint8Array(32).fill(7) }]);
  const dataKeys = createOrganizationDataKeys({ store, keyRing, now: () => app.clock.now() });
  const sealing = { dataKeys, secrets: createAesSecretBox(keyRing, dataKeys) };
  const app: TestApp = await createTestApp({ store, reads, logger: createEventLogger(events), ...sealing, ...changes });
  const identity = createLocalIdentity({ store: app.store, keyRing, clock: app.clock, ids: app.ids, hasher: plainHasher });
  const api = createApi({ app, identity, keyRing, maintenance: quietMaintenance, graphql: openGraphql, ...options });
  const owner = await ensureOwner(app, identity, { email: ownerEmail, password: ownerPassword });
  const token = (await identity.signIn(ownerEmail, ownerPassword))?.token ?? '';
  return { app, api, identity, store, owner, token, events, call: (...args) => call(api, token, ...args) };
}

async function call(
  api: Api,
  token: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string | null>> = {},
): Promise<Answered> {
  const sent = new Headers({ authorization: `Bearer ${token}` });
  if (body !== undefined) sent.set('content-type', 'application/json');
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) sent.delete(name);
    else sent.set(name, value);
  }
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const init = { method, headers: sent, ...(text === undefined ? {} : { body: text as string }) };
  return readAnswer(await api.fetch(new Request(`http://127.0.0.1${path}`, init), { clientAddress: '192.0.2.1' }));
}

export async function readAnswer(response: Response): Promise<Answered> {
  const answer = await response.text();
  return { status: response.status, headers: response.headers, text: answer, body: parseObject(answer) };
}

function parseObject(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as JsonValue; // JSON.parse makes nothing else
    return isJsonObject(value) ? value : {};
  } catch {
    return {}; // not JSON: the test looks at `text`
  }
}

/** The cost of scrypt has tests of its own. */
const plainHasher: PasswordHasher = {
  hash: async (password) => `plain:${password}`,
  verify: async (password, stored) => stored === `plain:${password}`,
};

export const quietMaintenance: Maintenance = {
  status: async () => ({ workers: 1 }),
  storage: async () => ({ bytes: 0 }),
  prune: async ({ olderThanDays = null, dryRun = false }) => ({ olderThanDays, dryRun }),
  backup: async (name) => ({ file: name }),
  download: async () => ({ bytes: 4, stream: new Blob(['copy']).stream() }),
  readiness: async () => ({ store: { ok: true } }),
};

function createEventLogger(events: LoggedEvent[]): Logger {
  const record = (event: string, fields?: unknown, cause?: unknown) => {
    events.push({ event, fields, cause });
  };
  const logger: Logger = { debug: record, info: record, warn: record, error: record, with: () => logger };
  return logger;
}

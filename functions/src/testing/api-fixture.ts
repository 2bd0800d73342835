/**
 * The API over fakes of the ports, with an owner who is signed in. Time stands still until a test moves it; nothing leaves the process.
 * Ports that no route under test may touch throw when touched.
 */
import { join } from 'node:path';
import { createNativeEvaluator } from '@automateos/shared/expression/native-evaluator';
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { Clock } from '@automateos/shared/ports/clock';
import type { Ids } from '@automateos/shared/ports/ids';
import type { Logger } from '@automateos/shared/ports/logger';
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';
import { createFakeBlobs } from '@automateos/shared/testing/fake-blobs';
import { createFakeDocumentStore, type FakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { createAesSecretBox } from '../adapters/embedded/aes-secret-box.ts';
import { createKeyRing } from '../adapters/embedded/key-file-ring.ts';
import { createLocalIdentity } from '../adapters/embedded/local-identity.ts';
import type { PasswordHasher } from '../adapters/embedded/password-hash.ts';
import { loadNodeTypes } from '../adapters/node-types/load-node-types.ts';
import { type Api, createApi } from '../api/create-api.ts';
import type { App } from '../app/app-context.ts';
import { type EnsuredOwner, ensureOwner } from '../app/auth/ensure-owner.ts';
import { defaultEngineSettings } from '../app/engine/engine-settings.ts';
import { createInterrupts } from '../app/engine/interrupts.ts';
import { noLocalWorkers } from '../app/engine/local-workers.ts';
import { createPlanCache } from '../app/engine/plan-cache.ts';

export const ownerEmail = 'owner@example.test';
export const ownerPassword = 'correct horse battery';

export type Answered = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed where it is a JSON object, else empty. */
  readonly body: JsonObject;
};

export type ApiFixture = {
  readonly app: App;
  readonly api: Api;
  readonly store: FakeDocumentStore;
  readonly owner: EnsuredOwner;
  readonly token: string;
  readonly events: readonly { readonly event: string; readonly fields: unknown; readonly cause: unknown }[];
  advance(ms: number): void;
  /** As the owner, unless headers say otherwise; objects go as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string | null>>): Promise<Answered>;
};

const nodesFolder = join(import.meta.dirname, '..', 'nodes');
let nodeTypes: Promise<NodeTypes> | undefined;

export async function createApiFixture(changes: Partial<App> = {}): Promise<ApiFixture> {
  nodeTypes ??= loadNodeTypes({ folders: [nodesFolder] });
  const store = createFakeDocumentStore();
  const clock = createStillClock(Date.parse('2026-01-31T12:00:00.000Z'));
  const ids = createCountingIds();
  const events: ApiFixture['events'][number][] = [];
  const keyRing = createKeyRing([{ id: 'test', bytes: new Uint8Array(32).fill(7) }]);
  const types = await nodeTypes;
  const app: App = {
    store,
    blobs: createFakeBlobs(),
    queue: { publish: async () => {} },
    timers: { wakeAt: async () => {} },
    clock,
    ids,
    logger: createEventLogger(events),
    evaluator: createNativeEvaluator(),
    nodeTypes: types,
    http: { send: () => Promise.reject(new Error('no request leaves a test')) },
    sandbox: { run: () => Promise.reject(new Error('no script runs here')) },
    secrets: createAesSecretBox(keyRing),
    plans: createPlanCache({ store, nodeTypes: types }),
    interrupts: createInterrupts(),
    workers: noLocalWorkers,
    settings: defaultEngineSettings,
    ...changes,
  };
  const identity = createLocalIdentity({ store, keyRing, clock, ids, hasher: plainHasher });
  const api = createApi({ app, identity, keyRing, maintenance: quietMaintenance });
  const owner = await ensureOwner(app, identity, { email: ownerEmail, password: ownerPassword });
  const token = (await identity.signIn(ownerEmail, ownerPassword))?.token ?? '';
  return { app, api, store, owner, token, events, advance: clock.advance, call: (...args) => call(api, token, ...args) };
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
  const response = await api.fetch(new Request(`http://127.0.0.1${path}`, init), { clientAddress: '192.0.2.1' });
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

const quietMaintenance = {
  status: async () => ({ workers: 1 }),
  storage: async () => ({ bytes: 0 }),
  prune: async () => ({ deleted: 0 }),
  backup: async (name: string) => ({ file: name }),
  readiness: async () => ({ store: { ok: true } }),
};

function createStillClock(start: number): Clock & { advance(ms: number): void } {
  let now = start;
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  const after = (ms: number, callback: () => void) => {
    const timer = { at: now + ms, callback };
    timers.add(timer);
    return () => {
      timers.delete(timer);
    };
  };
  return {
    now: () => now,
    after,
    sleep: (ms) => new Promise((resolve) => after(ms, resolve)),
    advance(ms) {
      now += ms;
      for (const timer of [...timers].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)) {
        if (timers.delete(timer)) timer.callback();
      }
    },
  };
}

/** Ids in the form of real ones, in order. */
function createCountingIds(): Ids {
  let count = 0;
  return {
    make: (prefix) => {
      count += 1;
      return `${prefix}_${count.toString(36).padStart(24, '0')}`;
    },
    random: () => 0.5,
  };
}

function createEventLogger(events: ApiFixture['events'][number][]): Logger {
  const record = (event: string, fields?: unknown, cause?: unknown) => {
    events.push({ event, fields, cause });
  };
  const logger: Logger = { debug: record, info: record, warn: record, error: record, with: () => logger };
  return logger;
}

/**
 * Writes the corpus of a release: every document that a real server of that release stored while it ran each kind of workflow. Run once
 * before a release, `node functions/src/testing/corpus/main.ts 0.1`; the file is never made anew, because no later code could make it.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { shippedIndexes } from '../../adapters/embedded/shipped-indexes.ts';
import { createSqliteStore } from '../../adapters/embedded/sqlite-store.ts';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import { type RestCall, type ServerOptions, type ServerProcess, signIn, startServerProcess } from '../server-process.ts';
import { corpusWorkflows } from './corpus-workflows.ts';

const corpora = join(import.meta.dirname, '../../app/migrations/corpus');
/** Claims without progress after which the store's count fails a step (engine-settings.ts), and one to see it. */
const killsToFail = 5;
const settleMs = 4_000;

const field = (answer: { readonly body: JsonValue }, name: string): string =>
  isJsonObject(answer.body) ? String(answer.body[name]) : '';

async function main(release: string): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'automateos-corpus-'));
  const outside = await startOutside();
  try {
    const options = { dataDir, env: { AUTOMATEOS_EGRESS_ALLOW: '127.0.0.1', AUTOMATEOS_STARTER: 'on' } };
    const server = await drive(options, outside.server);
    await server.end('SIGTERM');
    const documents = await dump(join(dataDir, 'automateos.db'));
    await writeFile(join(corpora, `${release}.jsonl`), documents.map((one) => `${JSON.stringify(one)}\n`).join(''), {
      flag: 'wx',
    });
    process.stdout.write(`${documents.length} documents of release ${release}\n`);
  } finally {
    await outside.server.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Answers with what a step needs: a failure for `broken` and the first `flaky`, nothing at all for `hang`. */
async function startOutside(): Promise<{ readonly server: LoopbackServer }> {
  let flaky = 0;
  const server = await startLoopbackServer(({ url }) => {
    if (url === '/hang') return undefined;
    if (url === '/flaky') flaky += 1;
    const fails = url === '/broken' || (url === '/flaky' && flaky === 1);
    return { status: fails ? 500 : 200, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' };
  });
  return { server };
}

async function drive(options: ServerOptions, outside: LoopbackServer): Promise<ServerProcess> {
  const first = await startServerProcess(options);
  const call = await signIn(first.url);
  const executions = await runAll(call, first.url, outside.origin);
  await sleep(settleMs);
  await intervene(call, executions, outside);
  await beside(call);
  await sleep(settleMs);
  return killUntilItFails(first, options);
}

/** Saves, activates and runs every workflow; answers the executions by name. */
async function runAll(call: RestCall, url: string, origin: string): Promise<ReadonlyMap<string, string>> {
  const executions = new Map<string, string>();
  await call('POST', '/v1/credentials', { name: 'key', kind: 'http-bearer', data: { token: 'corpus-token' } });
  for (const [name, definition] of Object.entries(corpusWorkflows(origin))) {
    const id = field(await must(call('POST', '/v1/workflows', { name, ...definition })), 'id');
    await must(call('POST', `/v1/workflows/${id}/activate`));
    if (name === 'hook') await hook(`${url}/hooks/${id}`);
    if (name.startsWith('on-') || name === 'scheduled' || name === 'hook') continue;
    executions.set(name, field(await must(call('POST', `/v1/workflows/${id}/executions`, { input: { n: 3 } })), 'id'));
    if (name === 'limited') await must(call('POST', `/v1/workflows/${id}/executions`, { input: { n: 4 } }));
    if (name === 'chain') await drafts(call, id, definition);
  }
  await must(call('POST', '/v1/events', { type: 'order.created', source: 'shop', data: { order: 1 } }));
  return executions;
}

async function hook(address: string): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-key': 'corpus-key', 'idempotency-key': 'delivery-1' };
  await (await fetch(address, { method: 'POST', headers, body: '{"order":1}' })).text();
}

async function drafts(call: RestCall, id: string, definition: JsonObject): Promise<void> {
  await must(
    call('PUT', `/v1/workflows/${id}/draft`, { definition: { name: 'chain', ...definition, description: 'half done' } }),
  );
}

async function intervene(call: RestCall, executions: ReadonlyMap<string, string>, outside: LoopbackServer): Promise<void> {
  const of = (name: string): string => `/v1/executions/${executions.get(name)}`;
  await must(call('POST', `${of('waits-long')}/pause`));
  await must(call('POST', `${of('limited')}/cancel`));
  await must(call('POST', `${of('undo')}/fork`, { nodeId: 'stop' }));
  await must(call('POST', `${of('chain')}/fork`, { nodeId: 'two' }));
  const asked = outside.seen.find(({ url }) => url === '/tell')?.body.toString() ?? '{}';
  const { url } = JSON.parse(asked);
  await fetch(String(url), { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"paid":true}' });
  const { body } = await must(call('GET', '/v1/approvals'));
  const [open] = isJsonObject(body) && Array.isArray(body.items) ? body.items : [];
  if (isJsonObject(open ?? null))
    await must(
      call('POST', `/v1/approvals/${field({ body: open ?? null }, 'id')}`, { decision: 'approve', comment: 'fine', data: {} }),
    );
}

/** What stands beside workflows: variables, keys, people, a deleted workflow, a request under a key, a wrong password. */
async function beside(call: RestCall): Promise<void> {
  await must(call('POST', '/v1/variables', { name: 'rate', value: { eur: 1.1 } }));
  await must(call('POST', '/v1/api-keys', { name: 'ci', role: 'editor' }));
  const gone = await must(
    call(
      'POST',
      '/v1/workflows',
      { name: 'gone', nodes: [{ id: 'start', type: 'trigger.manual' }] },
      { 'idempotency-key': 'k1' },
    ),
  );
  await must(call('DELETE', `/v1/workflows/${field(gone, 'id')}`));
  await call('POST', '/v1/auth/login', { email: 'nobody@example.test', password: 'wrong password' });
}

/** The step `hang` takes its worker with it until the store's own count fails it and writes the dead letter. */
async function killUntilItFails(first: ServerProcess, options: ServerOptions): Promise<ServerProcess> {
  let server = first;
  for (let kill = 0; kill < killsToFail; kill += 1) {
    await sleep(settleMs / 4);
    await server.end('SIGKILL');
    server = await startServerProcess(options);
  }
  await sleep(settleMs);
  return server;
}

async function must(answer: ReturnType<RestCall>): ReturnType<RestCall> {
  const { status, body } = await answer;
  if (status >= 400) throw new Error(`${status} ${JSON.stringify(body)}`);
  return { status, body };
}

async function dump(file: string): Promise<readonly { readonly path: string; readonly data: JsonObject }[]> {
  const store = createSqliteStore({ file, indexes: shippedIndexes() });
  try {
    const groups = [...(await store.storageBytes()).keys()];
    const rows = await Promise.all(groups.map((collection) => store.query({ collection, group: true })));
    return rows.flat().map(({ path, data }) => ({ path, data }));
  } finally {
    await store.close();
  }
}

const [release] = process.argv.slice(2);
if (release === undefined || !/^\d+\.\d+$/.test(release)) throw new TypeError('Say which release this is: 0.1');
await main(release);

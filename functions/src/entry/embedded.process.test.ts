/** What only the process shows: how it ends, who owns the data folder, and that its rounds go round. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLoopbackServer } from '../testing/loopback-server.ts';
import { type RestCall, type ServerProcess, signIn, spawnServer, startServerProcess } from '../testing/server-process.ts';

let dataDir: string;
const servers: ServerProcess[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'automateos-process-'));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.end('SIGKILL')));
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<ServerProcess & { readonly url: string }> {
  const server = await startServerProcess({ dataDir, env: { AUTOMATEOS_EGRESS_ALLOW: '127.0.0.1' } });
  servers.push(server);
  return server;
}

async function apply(call: RestCall, nodes: object[], edges: object[]): Promise<string> {
  const created = await call('POST', '/v1/workflows', JSON.parse(JSON.stringify({ name: 'test', nodes, edges })));
  expect(created.status).toBe(201);
  const { id } = created.body as { id: string };
  await call('POST', `/v1/workflows/${id}/activate`, {});
  return id;
}

type Listed = { readonly id: string; readonly status: string };

async function executions(call: RestCall): Promise<readonly Listed[]> {
  return ((await call('GET', '/v1/executions?limit=200')).body as { items: Listed[] }).items;
}

describe('SIGTERM', () => {
  it('lets the steps under way finish, hands the rest to the next start and ends with 0', async () => {
    const asked: string[] = [];
    await using effects = await startLoopbackServer(async ({ body }) => {
      asked.push(body.toString('utf8'));
      await sleep(150);
      return { headers: { 'content-type': 'application/json' }, body: '{}' };
    });
    const step = (id: string) => ({
      ...{ id, type: 'http.request' },
      params: { method: 'POST', url: `${effects.origin}/`, body: { of: '{{ execution.id }}', step: id } },
    });
    const first = await start();
    const hook = await apply(
      await signIn(first.url),
      [{ id: 'hook', type: 'trigger.webhook' }, step('a'), step('b'), step('c')],
      [
        { from: 'hook', to: 'a' },
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
      ],
    );
    const accepted: string[] = [];
    for (let call = 0; call < 30; call += 1) {
      const response = await fetch(`${first.url}/hooks/${hook}`, { method: 'POST', body: '{}' });
      if (response.status === 202) accepted.push(((await response.json()) as { executionId: string }).executionId);
    }
    expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(accepted).toHaveLength(30);
    expect(asked.length).toBeLessThan(90);

    const call = await signIn((await start()).url);
    const open = async () => (await executions(call)).filter(({ status }) => status !== 'succeeded');
    await expect.poll(open, { timeout: 60_000 }).toEqual([]);
    expect((await executions(call)).map(({ id }) => id).toSorted()).toEqual(accepted.toSorted());
    expect(asked.toSorted()).toEqual([...new Set(asked)].toSorted());
    expect(asked).toHaveLength(90);
  });
});

describe('the data folder', () => {
  it('has one owner: a second start ends with 1 and names the first one’s pid, which goes on', async () => {
    const first = await start();
    const second = spawnServer({ dataDir });
    servers.push(second);
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.output()).toContain(String(first.pid));
    expect((await fetch(`${first.url}/healthz`)).status).toBe(200);
  });

  it('is free again when its owner was killed', async () => {
    await (await start()).end('SIGKILL');
    expect((await fetch(`${(await start()).url}/healthz`)).status).toBe(200);
  });
});

describe('a setting that cannot be used', () => {
  it.each([
    ['AUTOMATEOS_EGRESS_ALLOW', '10.0.0.0/8,300.1.1.1/99'],
    ['HOST', '999.1.1.1'],
    ['AUTOMATEOS_DATA_DIR', join(import.meta.filename, 'folder')],
  ])('ends the start with 1 and one line that names %s', async (name, value) => {
    const server = spawnServer({ dataDir, env: { [name]: value } });
    servers.push(server);
    expect(await server.exited).toEqual({ code: 1, signal: null });
    expect(server.output()).toContain(name === 'AUTOMATEOS_DATA_DIR' ? value : name);
    expect(server.output().trim().split('\n')).toHaveLength(1);
  });
});

describe('a schedule', () => {
  it('of each second fires by itself, and after a kill goes on without doing an instant twice', async () => {
    const first = await start();
    const trigger = { id: 'at', type: 'trigger.schedule', params: { cron: '* * * * * *', overlap: 'allow', missed: 'run-all' } };
    await apply(
      await signIn(first.url),
      [trigger, { id: 'a', type: 'data.set', params: { values: {} } }],
      [{ from: 'at', to: 'a' }],
    );
    const firstCall = await signIn(first.url);
    await expect.poll(async () => (await executions(firstCall)).length, { timeout: 30_000 }).toBeGreaterThan(1);
    await first.end('SIGKILL');
    const before = Date.now();
    const call = await signIn((await start()).url);
    const instants = async (): Promise<readonly string[]> => {
      const all = (await executions(call)).map(({ id }) => call('GET', `/v1/executions/${id}`));
      return (await Promise.all(all)).map(({ body }) => (body as { trigger: { scheduledAt: string } }).trigger.scheduledAt);
    };
    const newest = async () => Math.max(...(await instants()).map((at) => Date.parse(at)));
    await expect.poll(newest, { timeout: 30_000 }).toBeGreaterThan(before + 1_000);
    const found = (await instants()).toSorted();
    const earliest = Date.parse(found[0] ?? '');
    expect(found).toEqual(found.map((_, index) => new Date(earliest + index * 1_000).toISOString()));
  });
});

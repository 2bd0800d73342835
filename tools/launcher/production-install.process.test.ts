/** What `npm start` and the other commands run on where development packages were not installed: every door answers, none with a 500. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  owner,
  type RestCall,
  type ServerProcess,
  signIn,
  startServerProcess,
} from '../../functions/src/testing/server-process.ts';
import { layOutProduction } from './lay-out-production.ts';

let folder: string;
let server: ServerProcess & { readonly url: string };
let call: RestCall;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'automateos-production-'));
  layOutProduction(join(import.meta.dirname, '../..'), folder);
  const program = join(folder, 'functions/src/entry/embedded.ts');
  const env = { NODE_ENV: 'production' };
  server = await startServerProcess({ dataDir: join(folder, 'data'), program, env });
  call = await signIn(server.url);
});
afterAll(async () => {
  await server?.end('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function run(entry: string, ...args: readonly string[]): { readonly code: number | null; readonly output: string } {
  const env = { AUTOMATEOS_DATA_DIR: join(folder, 'other'), AUTOMATEOS_URL: server.url };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, entry), ...args], { encoding: 'utf8', env });
  return { code: status, output: stdout + stderr };
}

it('lacks what only development needs, or it would show nothing', () => {
  const looked = spawnSync(process.execPath, ['-e', "import('vitest').catch((error) => console.log(error.code))"], {
    ...{ cwd: folder, encoding: 'utf8' },
  });
  expect(looked.stdout).toBe('ERR_MODULE_NOT_FOUND\n');
});

it('every door answers', async () => {
  const mcp = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  const accept = { accept: 'application/json, text/event-stream' };
  const asked = await Promise.all([
    call('GET', '/openapi.json'),
    call('GET', '/v1/workflows'),
    call('POST', '/graphql', { query: '{ workflows(first: 1) { edges { node { id } } } }' }),
    call('POST', '/v1/live/ticket', {}),
    call('POST', '/hooks/wf_none', {}),
    call('POST', '/mcp', mcp, accept),
  ]);
  expect(asked.map(({ status }) => status)).toEqual([200, 200, 200, 201, 404, 200]);
  expect(asked[2]?.body).toHaveProperty('data.workflows');
});

it('expressions and scripts find their libraries in their threads and processes', async () => {
  const nodes = [
    { id: 'go', type: 'trigger.manual' },
    { id: 'when', type: 'data.transform', params: { expression: '{{ date.format("2026-03-29T01:30:00Z", "yyyy") }}' } },
    { id: 'js', type: 'script.javascript', params: { code: 'return date.format("2026-03-29T01:30:00Z", "yyyy")' } },
    { id: 'py', type: 'script.python', params: { code: 'return str(len("2026") + 2022)' } },
  ];
  const edges = ['when', 'js', 'py'].map((to) => ({ from: 'go', to }));
  const made = await call('POST', '/v1/workflows', { name: 'libraries', nodes, edges });
  expect(made.status).toBe(201);
  const { id } = Object(made.body);
  const begun = await call('POST', `/v1/workflows/${id}/executions`, { input: {} }, { prefer: 'wait=30' });
  expect(begun.body).toMatchObject({ status: 'succeeded' });
});

it('every other command runs', () => {
  expect(run('functions/src/entry/migrate.ts', '--status')).toMatchObject({
    code: 0,
    output: expect.stringContaining('Documents in'),
  });
  expect(run('functions/src/entry/rotate-keys.ts')).toEqual({ code: 0, output: '' });
  expect(run('functions/src/entry/reset-password.ts', owner.email).output).toBe(`There is no account ${owner.email} here.\n`);
  expect(run('cli/bin/automateos.mjs', '--help')).toMatchObject({ code: 0 });
});

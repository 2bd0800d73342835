import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const launcher = join(import.meta.dirname, '../launch.mjs');

let folder: string;
let child: ChildProcess;
let output: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'automateos-launch-'));
  output = '';
});
afterEach(async () => {
  child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Starts the server below the launcher and resolves with its address. */
function start(environment: Readonly<Record<string, string>> = {}): Promise<string> {
  child = spawn(process.execPath, [launcher, 'start'], {
    env: { PATH: process.env.PATH, PORT: '0', AUTOMATEOS_DATA_DIR: folder, AUTOMATEOS_STARTER: 'off', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const address = /AutomateOS runs at (http:\S+)/.exec(output)?.[1];
        if (address !== undefined) resolve(address);
      });
    }
    child.once('exit', (code) => reject(new Error(`ended with ${code}:\n${output}`)));
  });
}

async function answers(address: string): Promise<boolean> {
  return fetch(`${address}/healthz`).then(
    (response) => response.ok,
    () => false,
  );
}

describe('npm start', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s lets the server finish and ends with 0', async (signal) => {
    const address = await start({ NODE_ENV: 'production' });
    expect(await answers(address)).toBe(true);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await answers(address)).toBe(false);
  });

  it('leaves no server behind when the launcher is killed', async () => {
    const address = await start();
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expect.poll(() => answers(address), { timeout: 20_000 }).toBe(false);
  });

  it('hands out the address that it answers at, also where the system has chosen the port', async () => {
    const account = { email: 'owner@example.com', password: 'a long enough password' };
    const address = await start({ AUTOMATEOS_OWNER_EMAIL: account.email, AUTOMATEOS_OWNER_PASSWORD: account.password });
    const post = async (path: string, body: object, token = '') => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, prefer: 'wait=30' };
      const response = await fetch(`${address}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await response.json()) as { token: string; id: string; triggers: unknown; output: { urls: { callback: string } } };
    };
    const { token } = await post('/v1/auth/login', account);
    const nodes = [
      { id: 'hook', type: 'trigger.webhook' },
      { id: 'urls', type: 'data.set', params: { values: { callback: "{{ execution.callbackUrl('back') }}" } } },
      { id: 'back', type: 'flow.callback', params: { timeoutMs: 10 } },
    ];
    const edges = ['urls', 'back'].map((to) => ({ from: 'hook', to }));
    const created = await post('/v1/workflows', { name: 'addresses', nodes, edges }, token);
    expect(created.triggers).toMatchObject([{ url: `${address}/hooks/${created.id}` }]);
    const ran = await post(`/v1/workflows/${created.id}/executions`, {}, token);
    expect(ran.output.urls.callback).toMatch(`${address}/v1/callbacks/`);
  });

  it('passes the failure of the server on: a bad variable is named and the exit code is 1', async () => {
    await expect(start({ PORT: 'eighty' })).rejects.toThrow(/ended with 1:[\s\S]*PORT/);
  });
});

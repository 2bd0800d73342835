/** The embedded server as people start it, on a free port with a data folder that goes away afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type RunningServer = {
  readonly url: string;
  readonly email: string;
  readonly password: string;
  readonly stop: () => Promise<void>;
  /** Kills it as a power cut would, and starts another on what is left. */
  readonly crash: () => Promise<void>;
};

const root = fileURLToPath(new URL('../../', import.meta.url));
/** On a machine that is busy with other things; alone it takes one or two seconds. */
const patienceMs = 120_000;

export async function startServer(): Promise<RunningServer> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'automateos-console-'));
  const account = { email: 'owner@example.com', password: 'correct-horse-battery-staple' };
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    PORT: String(port),
    AUTOMATEOS_DATA_DIR: folder,
    AUTOMATEOS_OWNER_EMAIL: account.email,
    AUTOMATEOS_OWNER_PASSWORD: account.password,
    AUTOMATEOS_EGRESS_ALLOW: '127.0.0.1',
    AUTOMATEOS_STARTER: 'off',
  };
  let child: ChildProcess | null = null;
  const stop = async (): Promise<void> => {
    if (child !== null) await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  const start = async (): Promise<void> => {
    try {
      const started = begin(env);
      child = started.child;
      await untilReady(`${url}/readyz`, child).catch((cause: unknown) => {
        throw new Error(`The server did not start. It said:\n${started.said()}`, { cause });
      });
    } catch (error) {
      await stop();
      throw error;
    }
  };
  const crash = async (): Promise<void> => {
    if (child !== null) await kill(child);
    await start();
  };
  await start();
  return { url, ...account, stop, crash };
}

function begin(env: NodeJS.ProcessEnv): { readonly child: ChildProcess; readonly said: () => string } {
  const child = spawn(process.execPath, ['functions/src/entry/embedded.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
  }
  return { child, said: () => said };
}

function kill(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`exited with ${child.exitCode}`);
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  throw new Error(`not ready after ${patienceMs} ms`);
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
    child.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

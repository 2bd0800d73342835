/** The processes of a benchmark: our server as it ships, the ceiling, the stub. All end with the benchmark. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

export type Running = {
  readonly url: string;
  readonly pid: number;
  readonly folder: string;
  /** From spawn until it answered, ms. */
  readonly startMs: number;
  close(): Promise<void>;
};

export async function startSimple(script: string, args: readonly string[] = []): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'automateos-bench-'));
  const began = performance.now();
  const child = fork(join(import.meta.dirname, script), [join(folder, 'bench.db'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message.port));
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
  });
  return running(child, `http://127.0.0.1:${port}`, folder, performance.now() - began);
}

export const ownerEmail = 'bench@example.com';
export const ownerPassword = 'bench-password-1';

/** Our server, by its own entry, on a fresh (or given) data folder; `hook` is what must answer before it counts as started. */
export async function startServer(
  env: Readonly<Record<string, string>> = {},
  given?: string,
  hook = '/healthz',
): Promise<Running> {
  const folder = given ?? mkdtempSync(join(tmpdir(), 'automateos-bench-'));
  const port = await freePort();
  const began = performance.now();
  const child = fork(join(root, 'functions/src/entry/embedded.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node-compile'),
      PORT: String(port),
      HOST: '127.0.0.1',
      AUTOMATEOS_DATA_DIR: folder,
      AUTOMATEOS_OWNER_EMAIL: ownerEmail,
      AUTOMATEOS_OWNER_PASSWORD: ownerPassword,
      AUTOMATEOS_STARTER: 'off',
      AUTOMATEOS_EGRESS_ALLOW: '127.0.0.1',
      AUTOMATEOS_NODES_DIR: join(import.meta.dirname, 'nodes'),
      ...env,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}${hook}`, child, hook === '/healthz' ? 'GET' : 'POST');
  return running(child, url, folder, performance.now() - began);
}

function running(child: ChildProcess, url: string, folder: string, startMs: number): Running {
  return {
    url,
    pid: child.pid ?? 0,
    folder,
    startMs,
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => {
          rmSync(folder, { recursive: true, force: true });
          resolve();
        });
        child.disconnect();
      }),
  };
}

export async function answers(url: string, child?: ChildProcess, method = 'GET'): Promise<void> {
  for (;;) {
    if (child && child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}`);
    const ok = await fetch(url, { method }).then(
      (response) => response.status < 500,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Resident memory, bytes: now and at its peak. */
export function memoryOf(pid: number): { readonly rss: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024;
  return { rss: kib('VmRSS'), peak: kib('VmHWM') };
}

/**
 * One process of a cloud function: functions-framework over the bundle, as the platform runs it. It is started again when it dies, as the
 * platform would, and never outlives this process.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const framework = join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
const startLimitMs = 60_000;
const againMs = 200;

export type Instance = {
  readonly name: string;
  /** Of the process as it is now; undefined between death and rebirth. */
  readonly pid: () => number | undefined;
  readonly port: number;
  /** True while the port answers. */
  readonly ready: () => boolean;
  /** How often it was started, the first time included. */
  readonly starts: () => number;
  /** Resolves once it answers. Rejects with the last lines of its log when it cannot start. */
  whenReady(): Promise<void>;
  /** SIGTERM, and SIGKILL for what has not ended after `graceMs`; it is not started again. */
  stop(graceMs?: number): Promise<void>;
};

export type InstanceOptions = {
  readonly name: string;
  readonly bundle: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
};

const ends = new Set<() => void>();

function endAll(): void {
  for (const end of ends) end();
}

/** One listener for all of them: a process is warned of a leak when it has many. */
function atExit(end: () => void): void {
  if (ends.size === 0) process.once('exit', endAll);
  ends.add(end);
}

export async function startInstance({ name, bundle, env, logFile }: InstanceOptions): Promise<Instance> {
  const port = await freePort();
  const log = createWriteStream(logFile, { flags: 'a' });
  let child: ChildProcess | null = null;
  let ready = false;
  let starts = 0;
  let stopping = false;
  let tail = '';

  const launch = (): void => {
    if (stopping) return;
    starts += 1;
    const args = [framework, `--source=${bundle}`, `--target=${name}`, `--port=${port}`];
    const own = spawn(process.execPath, ['--enable-source-maps', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', TZ: 'UTC', METADATA_SERVER_DETECTION: 'none', ...env },
    });
    child = own;
    keep(own, log, (text) => {
      tail = (tail + text).slice(-4_000);
    });
    own.on('exit', () => {
      if (child === own) child = null;
      ready = false;
      if (!stopping) setTimeout(launch, againMs);
    });
    void watchPort(port, () => child === own && !stopping).then((answers) => {
      if (child === own) ready = answers;
    });
  };
  const killNow = (): void => void child?.kill('SIGKILL');
  atExit(killNow);
  launch();

  return {
    name,
    port,
    pid: () => child?.pid,
    ready: () => ready,
    starts: () => starts,
    async whenReady() {
      const until = Date.now() + startLimitMs;
      while (!ready) {
        if (Date.now() > until || (starts > 3 && child === null)) throw new Error(`${name} does not start:\n${tail}`);
        await pause(20);
      }
    },
    async stop(graceMs = 10_000) {
      stopping = true;
      ends.delete(killNow);
      const own = child;
      if (own !== null && own.exitCode === null && own.signalCode === null) {
        const ended = new Promise((resolve) => own.once('exit', resolve));
        own.kill('SIGTERM');
        const impatient = setTimeout(() => own.kill('SIGKILL'), graceMs);
        await ended;
        clearTimeout(impatient);
      }
      log.end();
    },
  };
}

function keep(child: ChildProcess, log: WriteStream, hear: (text: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      hear(text);
      if (log.writable) log.write(text);
    });
  }
}

async function watchPort(port: number, alive: () => boolean): Promise<boolean> {
  while (alive()) {
    if (await answers(port)) return true;
    await pause(15);
  }
  return false;
}

function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2_000) }).then(
    async (response) => {
      await response.arrayBuffer();
      return true;
    },
    () => false,
  );
}

/** Free now; another process may take it, which the instance's log then tells. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

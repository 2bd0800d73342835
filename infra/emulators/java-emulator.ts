/**
 * One emulator of the Google Cloud SDK as a child process on 127.0.0.1, ready when the promise resolves.
 * - It never outlives the process that started it, however that one ends: a watcher beside it reads a pipe whose other end only the parent
 *   holds, and kills the emulator at the end of the pipe.
 * - It has a process group of its own, so that a terminal's Ctrl-C leaves it running until whoever started it has finished with it.
 * - It keeps everything in memory: `stop` kills it at once, and a restart on the same port begins empty.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { javaCommand } from './sdk-jar.ts';

export type EmulatorOptions = {
  /** Fixed, to come back where clients expect it after a crash; a free one when absent. */
  readonly port?: number;
};

export type Emulator = AsyncDisposable & {
  /** `127.0.0.1:port`, as the `*_EMULATOR_HOST` variables want it. */
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
};

const readyWithinMs = 30_000;
const pollMs = 50;
/** A port that was free a moment ago may be taken by the time Java binds it. */
const freePortTries = 3;

/** `$$` stays the shell's process id in its subshells and becomes the emulator's with `exec`. */
const watched = 'exec 3<&0; (cat <&3; kill -9 $$) >/dev/null 2>&1 & exec "$@" 3<&- </dev/null';

export type JavaEmulator = {
  readonly name: string;
  /** The arguments of `java` for a port. */
  args(port: number): readonly string[];
  /** It prints this when it serves. An answer on the port alone might be another process's. */
  readonly readyText: string;
};

export async function startJavaEmulator(emulator: JavaEmulator, { port }: EmulatorOptions = {}): Promise<Emulator> {
  for (let tries = port === undefined ? freePortTries : 1; ; tries -= 1) {
    try {
      return await start(emulator, await freePort(port));
    } catch (error) {
      if (tries <= 1) throw error;
    }
  }
}

async function start({ name, args, readyText }: JavaEmulator, port: number): Promise<Emulator> {
  const child = spawn('sh', ['-c', watched, name, javaCommand(), '-Duser.language=en', ...args(port)], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const printed = collect(child);
  child.stdin.on('error', () => {}); // the watcher has gone together with the emulator
  const exited = once(child, 'exit').then(() => {});
  const stop = (): Promise<void> => {
    child.kill('SIGKILL');
    return exited;
  };
  try {
    await untilReady(child, () => printed().includes(readyText), `http://127.0.0.1:${port}/`);
  } catch (cause) {
    await stop();
    throw new Error(`The ${name} emulator did not start on port ${port}: ${printed()}`, { cause });
  }
  // Its pipes must not keep a process alive that has nothing else to do: the emulator ends with it.
  child.unref();
  for (const pipe of [child.stdin, child.stdout, child.stderr]) unref(pipe);
  return { host: `127.0.0.1:${port}`, port, pid: child.pid ?? 0, exited, stop, [Symbol.asyncDispose]: stop };
}

const unref = (pipe: object): void => {
  if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
};

async function untilReady(child: ChildProcess, saysSo: () => boolean, url: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < readyWithinMs; waitedMs += pollMs) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('It ended at once.');
    if (saysSo() && (await answers(url))) return;
    await sleep(pollMs);
  }
  throw new Error(`It gave no answer for ${readyWithinMs} ms.`);
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
    async (response) => {
      await response.body?.cancel();
      return response.ok;
    },
    () => false, // it listens a moment later
  );

/** The last of what it prints, for the message when it fails; reading on keeps its pipes from filling up. */
function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-4_000);
    });
  }
  return () => text;
}

/** The port asked for, if nobody has it: the emulators do not end when theirs is taken. */
async function freePort(port = 0): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has an address with a port.');
  return address.port;
}

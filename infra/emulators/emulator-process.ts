/**
 * A server of ours that runs as a child process on 127.0.0.1, ready when the promise resolves.
 * - It never outlives the process that started it, however that one ends: a watcher beside it reads a pipe whose other end only the parent
 *   holds, and kills the server at the end of the pipe.
 * - It has a process group of its own, so that a terminal's Ctrl-C leaves it running until whoever started it has finished with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type EmulatorProcess = {
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** Kills it: nothing in it is worth keeping. */
  stop(): Promise<void>;
};

export type EmulatorCommand = {
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** It prints this when it serves. An answer on the port alone might be another process's. */
  readonly readyText: string;
  /** Answers with a 2xx when it is ready. */
  readonly url: string;
};

/** On a machine that is busy with other things; alone they take two to seven seconds. */
const readyWithinMs = 180_000;
const pollMs = 50;

/** `$$` stays the shell's process id in its subshells and becomes the emulator's with `exec`. */
const watched = 'exec 3<&0; (cat <&3; kill -9 $$) >/dev/null 2>&1 & exec "$@" 3<&- </dev/null';

export async function startEmulatorProcess(emulator: EmulatorCommand): Promise<EmulatorProcess> {
  const { name, command, env, cwd, readyText, url } = emulator;
  const child = spawn('sh', ['-c', watched, name, ...command], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: env ?? process.env,
    ...(cwd !== undefined && { cwd }),
  });
  const printed = collect(child);
  child.stdin.on('error', () => {}); // the watcher has gone together with the emulator
  const exited = once(child, 'exit').then(() => {});
  const stop = (): Promise<void> => {
    child.ref();
    child.kill('SIGKILL');
    return exited;
  };
  try {
    await untilReady(child, () => printed().includes(readyText), url);
  } catch (cause) {
    await stop();
    throw new Error(`The ${name} emulator did not start at ${url}: ${printed()}`, { cause });
  }
  // Its pipes must not keep a process alive that has nothing else to do: the emulator ends with it.
  child.unref();
  for (const pipe of [child.stdin, child.stdout, child.stderr]) unref(pipe);
  return { pid: child.pid ?? 0, exited, stop };
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
export async function freePort(port = 0): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has an address with a port.');
  return address.port;
}

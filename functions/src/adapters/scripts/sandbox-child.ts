/**
 * One locked-down child process, seen from the server: started, asked, killed. It is killed by its own process id, and whatever it
 * says is bounded. A child that ends, overflows its line, or grows beyond its memory answers the question it had.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { ChildMessage, type ChildRequest } from './child-protocol.ts';
import type { Command } from './sandbox-command.ts';
import { scriptLimits } from './script-limits.ts';

export type ChildOutcome =
  | { readonly kind: 'message'; readonly message: ChildMessage }
  | { readonly kind: 'ended'; readonly reason: string }
  | { readonly kind: 'memory' };

export type SandboxChild = {
  /** The first message: ready or unsafe. */
  readonly started: Promise<ChildOutcome>;
  /** One question at a time. */
  readonly ask: (request: ChildRequest) => Promise<ChildOutcome>;
  readonly kill: () => void;
  readonly alive: () => boolean;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
};

const memoryCheckMs = 200;

export function startChild(command: Command, cwd: string): SandboxChild {
  const child = spawn(command.file, command.args, { cwd, env: {}, stdio: ['pipe', 'pipe', 'pipe'] });
  let alive = true;
  let waiting: ((outcome: ChildOutcome) => void) | null = null;
  let complaint = '';

  const answer = (outcome: ChildOutcome): void => {
    const resolve = waiting;
    waiting = null;
    if (alive) hold(child, false);
    resolve?.(outcome);
  };
  const kill = (): void => {
    alive = false;
    hold(child, true);
    child.kill('SIGKILL');
  };
  const next = (): Promise<ChildOutcome> => {
    hold(child, true);
    return new Promise((resolve) => {
      waiting = resolve;
    });
  };

  readMessages(child, (message) => {
    if (message) answer({ kind: 'message', message });
    else {
      kill();
      answer({ kind: 'ended', reason: 'it said something that is not part of the protocol' });
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  const watch = watchMemory(child, () => {
    kill();
    answer({ kind: 'memory' });
  });
  const gone = new Promise<void>((resolve) => {
    const end = (reason: string): void => {
      alive = false;
      clearInterval(watch);
      answer(/out of memory|heap limit/i.test(complaint) ? { kind: 'memory' } : { kind: 'ended', reason });
      resolve();
    };
    child.on('error', (error) => end(error.message));
    child.on('close', (code, signal) =>
      end(errorLine(complaint) ?? (signal === null ? `exit code ${code}` : `ended by ${signal}`)),
    );
  });
  // A write to a child that has just ended is answered by its end.
  child.stdin.on('error', () => undefined);

  return {
    started: next(),
    ask(request) {
      const outcome = next();
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return outcome;
    },
    kill,
    alive: () => alive,
    gone,
  };
}

/** A child that is asked keeps the server's process alive, an idle one does not. */
function hold(child: ChildProcess, busy: boolean): void {
  for (const handle of [child, child.stdin, child.stdout, child.stderr]) {
    if (handle === null || !('ref' in handle) || typeof handle.ref !== 'function') continue;
    if (busy) handle.ref();
    else if ('unref' in handle && typeof handle.unref === 'function') handle.unref();
  }
}

/** What Node says of an uncaught error, without the places in our own code. */
function errorLine(complaint: string): string | null {
  return /^\w*Error\b.*$/m.exec(complaint)?.[0].slice(0, 300) ?? null;
}

/** Calls back with each whole line as a message, with null where a line is none or is too long. */
function readMessages(child: ChildProcess, receive: (message: ChildMessage | null) => void): void {
  let chunks: Buffer[] = [];
  let size = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > scriptLimits.messageBytes) {
      receive(null);
      return;
    }
    if (chunk.at(-1) !== 10) return;
    const line = Buffer.concat(chunks).toString('utf8');
    chunks = [];
    size = 0;
    receive(parseMessage(line));
  });
}

function parseMessage(line: string): ChildMessage | null {
  try {
    return ChildMessage.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null; // not JSON: the child is not what it should be
  }
}

/** WebAssembly memory is not part of V8's heap limit, so the resident size is looked at from outside (Linux only). */
function watchMemory(child: ChildProcess, exceeded: () => void): NodeJS.Timeout {
  const check = (): void => {
    try {
      const pages = Number(fs.readFileSync(`/proc/${child.pid}/statm`, 'utf8').split(' ')[1]);
      if (pages * 4_096 > scriptLimits.residentBytes) exceeded();
    } catch {
      // No /proc here, or the child has just ended.
    }
  };
  return setInterval(check, memoryCheckMs).unref();
}

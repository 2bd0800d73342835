/** Runs the whole command in this process, with a home folder of its own and time that passes at once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { runCli } from '../run-cli.ts';

export const nowMs = Date.parse('2026-03-01T12:00:00Z');

export type Situation = {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Answers to what is asked on the terminal, in turn; there is a terminal only when given. */
  readonly typed?: readonly string[];
  readonly columns?: number;
  /** Told with every piece of output; what it answers is pressed: true is Ctrl-C. */
  readonly onOutput?: (everything: string) => boolean;
  /** Keeps real time, for what waits for the file system. */
  readonly realTime?: boolean;
};

export type Outcome = {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
  readonly questions: readonly string[];
};

export async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'automateos-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function runCommand(folder: string, argv: readonly string[], situation: Situation = {}): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const interrupts = new Set<() => void>();
  const questions: string[] = [];
  const typed = [...(situation.typed ?? [])];
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY: situation.columns !== undefined,
    columns: () => situation.columns ?? 0,
    write: (text: string) => {
      written[name] += text;
      if (situation.onOutput?.(written.stdout + written.stderr)) for (const interrupt of interrupts) interrupt();
    },
  });
  const host: Host = {
    env: { NO_COLOR: '1', ...situation.env },
    cwd: folder,
    homeDirectory: folder,
    stdin: {
      isTTY: situation.typed !== undefined,
      readAll: async () => situation.stdin ?? '',
      ask: async (question, { hidden }) => {
        questions.push(hidden ? `${question}(hidden)` : question);
        return typed.shift() ?? null;
      },
    },
    stdout: output('stdout'),
    stderr: output('stderr'),
    nowMs: () => nowMs,
    // A turn of the event loop, so that an interrupt and the network have theirs.
    sleep: (ms, signal) => pause(situation.realTime ? ms : 0, signal),
    every: () => () => undefined,
    onInterrupt: (listener) => {
      interrupts.add(listener);
      return () => interrupts.delete(listener);
    },
  };
  const code = await runCli(argv, host);
  return { code, ...written, questions };
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

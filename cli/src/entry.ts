/** The process around the command: the one place that touches process.*. */
import { homedir } from 'node:os';
import type { Writable } from 'node:stream';
import { askOnTerminal } from './ask-on-terminal.ts';
import type { Host, Output } from './host.ts';
import { runCli } from './run-cli.ts';

function output(stream: Writable & { readonly isTTY?: boolean; readonly columns?: number }): Output {
  // `automateos ... | head` closes the pipe early: that is no failure of ours.
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return { write: (text) => stream.write(text), isTTY: stream.isTTY === true, columns: () => stream.columns ?? 0 };
}

async function readAll(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}

const host: Host = {
  env: process.env,
  cwd: process.cwd(),
  homeDirectory: homedir(),
  stdin: { isTTY: process.stdin.isTTY === true, readAll, ask: askOnTerminal },
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  nowMs: Date.now,
  sleep,
  every: (ms, work) => {
    const timer = setInterval(work, ms);
    return () => clearInterval(timer);
  },
  onInterrupt: (listener) => {
    process.on('SIGINT', listener);
    return () => process.off('SIGINT', listener);
  },
};

process.exitCode = await runCli(process.argv.slice(2), host);

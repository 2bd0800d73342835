/**
 * Runs the command's process and answers its exit code.
 *
 * A `server` child is promised:
 * - SIGTERM and SIGINT of the launcher reach it once each (it has a process group of its own, so a terminal's Ctrl-C does not reach
 *   it by itself); the third signal kills it. SIGHUP is left alone, for nohup's sake: it ends the launcher and thereby the child.
 * - an IPC channel (`process.channel`) that closes when the launcher dies, however it dies: on `process.on('disconnect')` the child
 *   drains and exits as on SIGTERM. Nothing is ever sent over the channel.
 * - an npm that is killed takes the launcher with it: the launcher notices within a second that it has another parent.
 *
 * A `foreground` child shares terminal and process group (prompts, Ctrl-C); signals sent to the launcher alone are passed on.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM'];
const parentCheckMs = 1_000;
/** A Ctrl-C comes twice: from the terminal and from npm, which passes it on. */
const sameSignalMs = 300;

export function runChild({ node, entry, args, kind, compileCache }) {
  const server = kind === 'server';
  const child = spawn(node, [entry, ...args], {
    stdio: server ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    detached: server && process.platform !== 'win32',
    env: { ...process.env, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? compileCache },
  });
  const received = { count: 0, at: 0 };
  const forward = (signal) => {
    const now = Date.now();
    if (now - received.at < sameSignalMs) return;
    received.at = now;
    received.count += 1;
    // In a terminal Ctrl-C has already reached a child of the same group.
    if (!server && signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(received.count > 2 ? 'SIGKILL' : signal);
  };
  for (const signal of signals) process.on(signal, forward);
  const watch = server ? watchParent(() => forward('SIGTERM')) : undefined;
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      for (const name of signals) process.off(name, forward);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/**
 * Only below npm: a launcher begun by hand in a shell may well outlive that shell. The package scripts say `exec`, so that npm is the
 * parent itself and its signals come through; with a shell between, the parent changes when npm's signal has killed the shell.
 */
function watchParent(whenGone) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    whenGone();
  }, parentCheckMs);
  return timer;
}

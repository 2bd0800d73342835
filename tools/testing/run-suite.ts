/**
 * Runs one suite as a process of its own and counts its tests. A suite that ends without having told its tally has failed. It does not
 * outlive this process.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import type { Output } from './ordered-output.ts';
import type { Suite } from './suites.ts';
import { readTally, type Tally } from './tally.ts';

const Told = z.object({
  passed: z.int(),
  failed: z.int(),
  skips: z.array(z.object({ name: z.string(), reason: z.string() })),
});

export async function runSuite(root: string, suite: Suite, output: Output): Promise<Tally> {
  if (suite.kind === 'vitest') return runVitest(root, suite.name, output);
  const [child, printed] = start(root, suite.command, output);
  const code = await ended(child);
  return readTally(suite.name, printed(), code);
}

async function runVitest(root: string, name: string, output: Output): Promise<Tally> {
  const [child] = start(root, [join(import.meta.dirname, 'suite-process.ts'), name], output);
  let told: Tally | undefined;
  child.on('message', (message) => {
    told = Told.parse(message);
  });
  const code = await ended(child);
  if (told === undefined) return { passed: 0, failed: 1, skips: [] };
  return { ...told, failed: code !== 0 && told.failed === 0 ? 1 : told.failed };
}

function start(root: string, command: readonly string[], output: Output): readonly [ChildProcess, () => string] {
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: environment() });
  const stop = (): void => void child.kill();
  process.on('exit', stop);
  child.on('close', () => process.off('exit', stop));
  let last = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.write(text);
    last = (last + text).slice(-10_000);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => output.write(text));
  return [child, () => last];
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Into a pipe, colours have to be asked for. */
function environment(): NodeJS.ProcessEnv {
  return process.stdout.isTTY && process.env.NO_COLOR === undefined ? { ...process.env, FORCE_COLOR: '1' } : process.env;
}

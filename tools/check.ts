/** npm run check: the static gate. Two checks at a time, a line for each, then the output of those that failed. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Check, checks } from './checking/checks.ts';

const root = join(import.meta.dirname, '..');
const atOnce = 2;

type Outcome = { readonly check: Check; readonly failed: boolean; readonly output: string };

function run(check: Check): Promise<Outcome> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, check.command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${check.name} (${seconds} s)`);
      resolve({ check, failed: code !== 0, output });
    });
  });
}

const waiting = [...checks];
const outcomes: Outcome[] = [];
async function lane(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) outcomes.push(await run(next));
}
await Promise.all(Array.from({ length: atOnce }, lane));

const failed = outcomes.filter((outcome) => outcome.failed);
for (const { check, output } of failed) console.log(`\n== ${check.name}\n${output.trim()}`);
console.log(
  failed.length === 0 ? `\nall ${checks.length} checks passed` : `\n${failed.length} of ${checks.length} checks failed`,
);
process.exitCode = failed.length > 0 ? 1 : 0;

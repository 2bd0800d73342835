/** node functions/src/testing/fuzz/main.ts [--requests 10000] [--seed 1]: prints what was answered, and each kind of wrong answer once; exit code 1 then. */
import { parseArgs } from 'node:util';
import { runFuzz } from './run-fuzz.ts';

const { values } = parseArgs({ options: { requests: { type: 'string' }, seed: { type: 'string' } } });
const started = performance.now();
const report = await runFuzz({ requests: Number(values.requests ?? 10_000), seed: Number(values.seed ?? 1) });
const seconds = ((performance.now() - started) / 1_000).toFixed(1);
process.stdout.write(
  `${report.requests} requests to ${report.operations} operations in ${seconds} s: ${JSON.stringify(report.statuses)}\n`,
);
for (const { operation, fault, request } of report.faults) {
  process.stdout.write(`\n${operation}: ${fault}\n  ${JSON.stringify(request).slice(0, 1_000)}\n`);
}
process.exit(report.faults.length > 0 ? 1 : 0);

/** `npm run bench [name]`: every benchmark, or those whose name is given; prints a table and writes bench/results.json. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchApi } from './api.bench.ts';
import { benchChains } from './chain.bench.ts';
import { benchColdStart } from './cold-start.bench.ts';
import { benchCost } from './cost.bench.ts';
import { benchFanOut } from './fan-out.bench.ts';
import { benchFootprint } from './footprint.bench.ts';
import { benchGraphql } from './graphql.bench.ts';
import { benchHistory } from './history.bench.ts';
import { benchHttp } from './http.bench.ts';
import { benchLive } from './live.bench.ts';
import type { Measure } from './result.ts';

const benches: Readonly<Record<string, () => Promise<readonly Measure[]>>> = {
  footprint: benchFootprint,
  chains: benchChains,
  'fan-out': benchFanOut,
  http: benchHttp,
  api: benchApi,
  live: benchLive,
  graphql: benchGraphql,
  history: benchHistory,
  cost: benchCost,
  'cold-start': benchColdStart,
};

type Report = {
  readonly taken: string;
  readonly machine: string;
  readonly how: string;
  readonly benches: Readonly<Record<string, readonly Measure[]>>;
};

const file = join(import.meta.dirname, 'results.json');

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !Object.hasOwn(benches, name));
  if (unknown.length > 0)
    throw new Error(`There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  const results: Record<string, readonly Measure[]> = names.length === 0 ? {} : { ...previous() };
  for (const [name, bench] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue;
    process.stderr.write(`${name} ...\n`);
    const measures = await bench();
    results[name] = measures;
    for (const each of measures) process.stdout.write(`${line(each)}\n`);
  }
  const report: Report = {
    taken: new Date().toISOString(),
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
    how: "Server, load generator and (where named) ceiling and stub are processes of one machine. Every commit is fsync'd. Requests are closed-loop over kept connections; a request is answered when its execution has ended and is stored. Medians of three or five alternating rounds after a warm-up. Each benchmark's figures and its ceiling are of one run; `npm run bench NAME` takes one anew and keeps the others.",
    benches: results,
  };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

function previous(): Report['benches'] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as Report).benches;
  } catch {
    return {}; // none taken yet
  }
}

function line({ name, value, unit, ceiling, ratio, target, met }: Measure): string {
  const beside = ceiling === undefined ? '' : ` (ceiling ${ceiling}, ratio ${ratio})`;
  const verdict = target === undefined ? '' : ` ${met ? 'reaches' : 'MISSES'} ${target}`;
  return `${name.padEnd(52)} ${String(value).padStart(9)} ${unit.padEnd(8)}${beside}${verdict}`;
}

await main(process.argv.slice(2));

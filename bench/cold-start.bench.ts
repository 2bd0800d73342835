/** From spawn to the first answer of each function that needs no model, beside a function that only holds the same Google clients. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { bundleEntry, bundleFunction } from '../tools/cloud/bundle.ts';
import { readTopology } from '../tools/cloud/read-topology.ts';
import { answers, freePort, memoryOf } from './processes.ts';
import { type Measure, measure } from './result.ts';

const root = join(import.meta.dirname, '..');
const framework = join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
const rounds = 9;

/** Nothing answers there; a start asks nobody. */
const nowhere = '127.0.0.1:9';
const env = {
  GOOGLE_CLOUD_PROJECT: 'demo-bench',
  AUTOMATEOS_PUBLIC_URL: 'http://127.0.0.1:9',
  AUTOMATEOS_BUCKET: 'bench',
  AUTOMATEOS_KMS_KEY: 'bench',
  AUTOMATEOS_KMS_MAC_KEY: 'bench',
  AUTOMATEOS_INVOKER: 'bench@demo-bench.iam.gserviceaccount.com',
  ...Object.fromEntries(
    ['SELF', 'WORKER', 'AI_WORKER', 'HEAVY_WORKER', 'SCHEDULE'].map((name) => [`AUTOMATEOS_${name}_URL`, `http://${nowhere}`]),
  ),
  ...Object.fromEntries(['TASKS', 'SCHEDULER', 'KMS', 'STORAGE'].map((name) => [`AUTOMATEOS_${name}_ENDPOINT`, nowhere])),
  ...{ FIRESTORE_EMULATOR_HOST: nowhere, PUBSUB_EMULATOR_HOST: nowhere, FIREBASE_AUTH_EMULATOR_HOST: nowhere },
  AUTOMATEOS_PUSH_JWKS: `http://${nowhere}/jwks`,
  AUTOMATEOS_PUSH_ISSUER: 'bench',
};

export async function benchColdStart(): Promise<readonly Measure[]> {
  const names = Object.keys(readTopology().functions).filter((name) => name !== 'ai-worker');
  const hello = await bundleEntry('bench-hello', join(import.meta.dirname, 'hello-function.ts'));
  const bundles = new Map([['hello', hello]]);
  for (const name of names) bundles.set(name, await bundleFunction(name));
  const starts = new Map([...bundles.keys()].map((name) => [name, [] as number[]]));
  const memory = new Map<string, number>();
  // in turns, so that whatever else the machine does strikes all of them
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, bundle] of bundles) {
      const { startMs, rss } = await startOnce(name, bundle);
      starts.get(name)?.push(startMs);
      memory.set(name, rss);
    }
  }
  const medianOf = (name: string): number => (starts.get(name) ?? []).toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
  const yardstick = medianOf('hello');
  return [
    measure(`cold start of a function with the same clients, median of ${rounds}`, yardstick, 'ms'),
    ...names.map((name) => {
      const ratio = medianOf(name) / yardstick;
      const shown = `cold start of ${name}: ${Math.round(medianOf(name))} ms, ${Math.round((memory.get(name) ?? 0) / 1e6)} MB; against hello`;
      return measure(shown, ratio, 'x', { atMost: 1.5 });
    }),
  ];
}

async function startOnce(name: string, bundle: string): Promise<{ startMs: number; rss: number }> {
  const port = await freePort();
  const began = performance.now();
  const child = spawn(process.execPath, [framework, `--source=${bundle}`, `--target=${name}`, `--port=${port}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', METADATA_SERVER_DETECTION: 'none', ...env },
  });
  await answers(`http://127.0.0.1:${port}/healthz`, child);
  const startMs = performance.now() - began;
  const { rss } = memoryOf(child.pid ?? 0);
  await endOf(child);
  return { startMs, rss };
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

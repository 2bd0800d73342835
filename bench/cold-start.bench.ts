/**
 * From spawn to the first answer of each function that needs no model, beside a function that imports the same Google clients. Both ask
 * Firestore (the emulator) before they answer; ours have also checked the caller's token where they are not public.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { startFirestoreEmulator } from '../infra/emulators/firestore-emulator.ts';
import { startOidcIssuer } from '../infra/emulators/oidc-issuer.ts';
import { bundleEntry, bundleFunction } from '../tools/cloud/bundle.ts';
import { readTopology } from '../tools/cloud/read-topology.ts';
import { freePort, memoryOf } from './processes.ts';
import { type Measure, measure } from './result.ts';

const root = join(import.meta.dirname, '..');
const framework = join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
const rounds = 9;

/** Nothing answers there; a start asks nobody. */
const nowhere = '127.0.0.1:9';
const self = 'http://127.0.0.1:9';
const invoker = 'bench@demo-bench.iam.gserviceaccount.com';
const env = {
  GOOGLE_CLOUD_PROJECT: 'demo-bench',
  AUTOMATEOS_PUBLIC_URL: self,
  AUTOMATEOS_BUCKET: 'bench',
  AUTOMATEOS_KMS_KEY: 'bench',
  AUTOMATEOS_KMS_MAC_KEY: 'bench',
  AUTOMATEOS_INVOKER: invoker,
  ...Object.fromEntries(
    ['SELF', 'WORKER', 'AI_WORKER', 'HEAVY_WORKER', 'SCHEDULE'].map((name) => [`AUTOMATEOS_${name}_URL`, self]),
  ),
  ...Object.fromEntries(['TASKS', 'SCHEDULER', 'KMS', 'STORAGE'].map((name) => [`AUTOMATEOS_${name}_ENDPOINT`, nowhere])),
  ...{ PUBSUB_EMULATOR_HOST: nowhere, FIREBASE_AUTH_EMULATOR_HOST: nowhere },
  AUTOMATEOS_LOG_LEVEL: 'silent',
};

type Asked = { readonly path: string; readonly body?: object; readonly expect: number };

const branch = { org: 'org_none', executionId: 'exe_none', branchId: 'none' };
const message = (data: string) => ({
  subscription: 'projects/demo-bench/subscriptions/automateos-branches-dead',
  message: { data: Buffer.from(data).toString('base64'), messageId: '1' },
});

/** The least that each function does with the store. */
const requests: Readonly<Record<string, Asked>> = {
  hello: { path: '/', expect: 200 },
  api: { path: '/readyz', expect: 200 },
  webhook: { path: '/hooks/wf_none', body: {}, expect: 404 },
  worker: { path: '/', body: branch, expect: 204 },
  'heavy-worker': { path: '/', body: branch, expect: 204 },
  'dead-letter': { path: '/', body: message(JSON.stringify(branch)), expect: 204 },
  events: { path: '/', body: message('an event'), expect: 204 },
  schedule: { path: '/', body: {}, expect: 204 },
  sweep: { path: '/', body: {}, expect: 204 },
};

export async function benchColdStart(): Promise<readonly Measure[]> {
  const names = Object.keys(readTopology().functions).filter((name) => name !== 'ai-worker');
  const [firestore, issuer] = await Promise.all([startFirestoreEmulator(), startOidcIssuer()]);
  try {
    const hello = await bundleEntry('bench-hello', join(import.meta.dirname, 'hello-function.ts'));
    const bundles = new Map([['hello', hello]]);
    for (const name of names) bundles.set(name, await bundleFunction(name));
    const place = {
      ...{ FIRESTORE_EMULATOR_HOST: firestore.host, AUTOMATEOS_PUSH_ISSUER: issuer.issuer, AUTOMATEOS_PUSH_JWKS: issuer.jwksUrl },
    };
    const authorization = `Bearer ${await issuer.sign({ audience: self, email: invoker })}`;
    const starts = new Map([...bundles.keys()].map((name) => [name, [] as number[]]));
    const memory = new Map<string, number>();
    // in turns, so that whatever else the machine does strikes all of them
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, bundle] of bundles) {
        const { startMs, rss } = await startOnce({ name, bundle, place, authorization });
        starts.get(name)?.push(startMs);
        memory.set(name, rss);
      }
    }
    return judge(names, starts, memory);
  } finally {
    await Promise.all([firestore.stop(), issuer.stop()]);
  }
}

function judge(names: readonly string[], starts: ReadonlyMap<string, readonly number[]>, memory: ReadonlyMap<string, number>) {
  const medianOf = (name: string): number => (starts.get(name) ?? []).toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
  const yardstick = medianOf('hello');
  return [
    measure(`cold start of a function with the same clients, median of ${rounds}`, yardstick, 'ms'),
    ...names.map((name) => {
      const shown = `cold start of ${name}: ${Math.round(medianOf(name))} ms, ${Math.round((memory.get(name) ?? 0) / 1e6)} MB; against it`;
      return measure(shown, medianOf(name) / yardstick, 'x', { atMost: 1.5 });
    }),
  ];
}

type Start = {
  readonly name: string;
  readonly bundle: string;
  readonly place: Readonly<Record<string, string>>;
  readonly authorization: string;
};

async function startOnce({ name, bundle, place, authorization }: Start): Promise<{ startMs: number; rss: number }> {
  const port = await freePort();
  const began = performance.now();
  const child = spawn(process.execPath, [framework, `--source=${bundle}`, `--target=${name}`, `--port=${port}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', METADATA_SERVER_DETECTION: 'none', ...env, ...place },
  });
  try {
    await firstAnswer(`http://127.0.0.1:${port}`, child, requests[name] ?? { path: '/', expect: 204 }, authorization);
    return { startMs: performance.now() - began, rss: memoryOf(child.pid ?? 0).rss };
  } finally {
    await endOf(child);
  }
}

async function firstAnswer(
  url: string,
  child: ChildProcess,
  { path, body, expect }: Asked,
  authorization: string,
): Promise<void> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const headers = { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The function ended with ${child.exitCode}`);
    const response = await fetch(`${url}${path}`, { ...init, headers }).catch(() => null);
    const text = await response?.text();
    if (response?.status === expect) return;
    if (response) throw new Error(`${path} answered ${response.status} instead of ${expect}: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/**
 * The cloud on this machine: emulators for Firestore, Pub/Sub, Auth and Hosting, loopback servers for Cloud Tasks, Cloud Scheduler, KMS and Cloud
 * Storage, the bundled functions as processes of functions-framework, and one front that routes as Hosting does. Everything is in memory of what
 * is started here, and all of it ends with `stop` or with this process.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlesToRun } from './bundle.ts';
import { createFront, readRules } from './front.ts';
import { type Instance, startInstance } from './instance.ts';
import { type LocalGoogle, type LocalGoogleOptions, startLocalGoogle } from './local-google.ts';
import { invoker, project, region } from './local-names.ts';
import { readTopology, type Topology } from './read-topology.ts';
import { type Service, startService } from './service.ts';

export type TopologyOptions = {
  readonly port?: number;
  readonly host?: string;
  /** More variables for every function: owner, egress, log level. */
  readonly env?: Readonly<Record<string, string>>;
  /** Processes by function; 1 where it is not named. */
  readonly instances?: Readonly<Record<string, number>>;
  /** Console files by the Hosting emulator; false where nobody looks at pages. */
  readonly hosting?: boolean;
  /** What the functions take for Firestore: a proxy that makes faults, say. Given the emulator's host:port. */
  readonly firestoreThrough?: (emulator: string) => Promise<string>;
  /** Which messages are delivered twice, and how. */
  readonly duplicate?: LocalGoogleOptions['duplicate'];
  /** False: nothing calls sweep and tick by itself. */
  readonly jobs?: boolean;
  readonly logFolder?: string;
  readonly progress?: (line: string) => void;
};

export type RunningTopology = {
  /** Console, API and webhooks. */
  readonly url: string;
  readonly google: LocalGoogle;
  readonly services: ReadonlyMap<string, Service>;
  readonly topology: Topology;
  readonly logFolder: string;
  /** Folder of the bundles that run, one by name; `setup` is there, too. */
  readonly bundles: string;
  /** The variables that the functions have, for a program that does what a function does. */
  env(functionName: string): Readonly<Record<string, string>>;
  addInstance(functionName: string): Promise<Instance>;
  stop(): Promise<void>;
};

export async function startTopology(options: TopologyOptions = {}): Promise<RunningTopology> {
  const topology = readTopology();
  const names = Object.keys(topology.functions);
  const progress = options.progress ?? (() => {});
  const logFolder = options.logFolder ?? mkdtempSync(join(tmpdir(), 'automateos-cloud-'));
  mkdirSync(logFolder, { recursive: true });
  const services = new Map<string, Service>();
  for (const name of names) services.set(name, await startService(name));
  const urlOf = (name: string): string => services.get(name)?.url ?? 'http://127.0.0.1:9';
  const portOf = (id: string): number | undefined => services.get(id.replace(`${topology.prefix}-`, ''))?.port;

  progress('starting the emulators');
  const [google, bundles] = await Promise.all([
    startLocalGoogle({
      ...{ topology, urlOf, logFolder, hosting: options.hosting ?? true, jobs: options.jobs ?? true },
      ...(options.duplicate ? { duplicate: options.duplicate } : {}),
    }),
    bundlesToRun([...names, 'setup']),
  ]);
  const front = createFront({ rules: readRules(), portOf, files: google.hostingPort });
  const { port = 0, host = '127.0.0.1' } = options;
  try {
    await new Promise<void>((resolve, reject) => {
      front.once('error', reject);
      front.listen(port, host, resolve);
    });
  } catch (error) {
    await Promise.allSettled([...[...services.values()].map((service) => service.stop()), google.stop()]);
    throw error;
  }
  const { port: bound } = front.address() as AddressInfo; // a TCP server that listens has no other kind of address
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  const firestore = options.firestoreThrough ? await options.firestoreThrough(google.firestore.host) : google.firestore.host;

  const env = (name: string): Readonly<Record<string, string>> => ({
    GOOGLE_CLOUD_PROJECT: project,
    AUTOMATEOS_REGION: region,
    AUTOMATEOS_PREFIX: topology.prefix,
    AUTOMATEOS_PUBLIC_URL: url,
    AUTOMATEOS_INVOKER: invoker,
    AUTOMATEOS_SELF_URL: urlOf(name),
    AUTOMATEOS_WORKER_URL: urlOf('worker'),
    AUTOMATEOS_AI_WORKER_URL: urlOf('ai-worker'),
    AUTOMATEOS_HEAVY_WORKER_URL: urlOf('heavy-worker'),
    AUTOMATEOS_SCHEDULE_URL: urlOf('schedule'),
    AUTOMATEOS_LIVE_URL: urlOf('live'),
    // here one instance takes what many would take in the cloud
    AUTOMATEOS_CONCURRENCY: '64',
    K_SERVICE: `${topology.prefix}-${name}`,
    ...google.env,
    FIRESTORE_EMULATOR_HOST: firestore,
    ...options.env,
  });
  const addInstance = async (name: string): Promise<Instance> => {
    const service = services.get(name);
    if (!service) throw new Error(`No function ${name}`);
    const logFile = join(logFolder, `${name}-${service.instances.length}.log`);
    const bundle = join(bundles, name);
    const instance = await startInstance({ name, bundle, env: env(name), logFile });
    service.instances.push(instance);
    return instance;
  };

  const stop = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      front.close(() => resolve());
      front.closeAllConnections();
    });
    await google.stopDelivering();
    await Promise.all([...services.values()].map((service) => service.stop()));
    await google.stop();
  };
  try {
    progress('starting the functions');
    const started = await Promise.all(
      names.flatMap((name) => Array.from({ length: options.instances?.[name] ?? 1 }, () => addInstance(name))),
    );
    await Promise.all(started.map((instance) => instance.whenReady()));
    await google.startDelivering();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, bundles, google, services, topology, logFolder, env, addInstance, stop };
}

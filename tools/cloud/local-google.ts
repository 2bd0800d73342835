/**
 * The Google services that the functions use, on this machine: the emulators that exist, and servers that speak the other services' own protocols.
 * Everything is in memory of what is started here.
 */
import { startCloudSchedulerServer } from '../../infra/emulators/cloud-scheduler-server.ts';
import { startCloudTasksServer } from '../../infra/emulators/cloud-tasks-server.ts';
import { startFirebaseEmulators } from '../../infra/emulators/firebase-emulators.ts';
import { type FirestoreEmulator, startFirestoreEmulator } from '../../infra/emulators/firestore-emulator.ts';
import type { Emulator } from '../../infra/emulators/java-emulator.ts';
import { startKmsServer } from '../../infra/emulators/kms-server.ts';
import { type OidcIssuer, startOidcIssuer } from '../../infra/emulators/oidc-issuer.ts';
import { startPubSubEmulator } from '../../infra/emulators/pubsub-emulator.ts';
import { type PushDispatcher, startPushDispatcher } from '../../infra/emulators/push-dispatcher.ts';
import type { PusherOptions } from '../../infra/emulators/push-to-function.ts';
import { startStorageServer } from '../../infra/emulators/storage-server.ts';
import { invoker, project } from './local-names.ts';
import { type Endpoints, makeJobs, makeResources, resourceNames } from './make-resources.ts';
import type { Topology } from './read-topology.ts';

export type LocalGoogle = {
  readonly firestore: FirestoreEmulator;
  readonly pubsub: Emulator;
  readonly issuer: OidcIssuer;
  /** Port of the Hosting emulator; null without one. */
  readonly hostingPort: number | null;
  /** What tells a function where these are. */
  readonly env: Readonly<Record<string, string>>;
  /** Messages and scheduled jobs reach the functions from now on. */
  startDelivering(): Promise<void>;
  stopDelivering(): Promise<void>;
  readonly dispatcher: () => PushDispatcher | null;
  /** Kills the Pub/Sub emulator and starts it again, empty, at the same port: all messages are lost. */
  restartPubSub(): Promise<void>;
  stop(): Promise<void>;
};

export type LocalGoogleOptions = {
  readonly topology: Topology;
  readonly urlOf: (functionName: string) => string;
  readonly hosting: boolean;
  readonly logFolder: string;
  readonly duplicate?: PusherOptions['duplicate'];
  /** False: the jobs of the topology (sweep, tick) are not made; whoever runs this calls the functions. */
  readonly jobs: boolean;
};

type Stoppable = { stop(): Promise<void> };

export async function startLocalGoogle(options: LocalGoogleOptions): Promise<LocalGoogle> {
  const { topology, urlOf } = options;
  const started: Stoppable[] = [];
  const begin = async <T extends Stoppable>(starting: Promise<T>): Promise<T> => {
    const service = await starting;
    started.push(service);
    return service;
  };
  const stopAll = async (): Promise<void> => {
    await Promise.allSettled(started.map((service) => service.stop()));
  };
  try {
    const issuer = await begin(startOidcIssuer());
    const parts = await Promise.allSettled([
      begin(startFirestoreEmulator()),
      begin(startPubSubEmulator()),
      begin(startFirebaseEmulators({ projectId: project, hosting: options.hosting })),
      begin(startCloudTasksServer({ issuer })),
      begin(startCloudSchedulerServer({ issuer })),
      begin(startKmsServer()),
      begin(startStorageServer()),
    ]);
    const failed = parts.find((part) => part.status === 'rejected');
    if (failed) throw failed.reason;
    const [firestore, pubsub, firebase, tasks, scheduler, kms, storage] = parts.map(
      (part) => part.status === 'fulfilled' && part.value,
    ) as [
      // none was rejected
      ...[FirestoreEmulator, Emulator, Awaited<ReturnType<typeof startFirebaseEmulators>>],
      ...[Host, Host, Host, Host],
    ];
    let currentPubSub = pubsub;
    const endpoints: Endpoints = { tasks: tasks.host, scheduler: scheduler.host, kms: kms.host, storage: storage.host };
    await makeResources(topology, endpoints);
    let dispatcher: PushDispatcher | null = null;
    const names = resourceNames(topology);
    return {
      ...{ firestore, issuer },
      get pubsub() {
        return currentPubSub;
      },
      hostingPort: firebase.hostingHost === null ? null : Number(firebase.hostingHost.split(':')[1]),
      env: {
        FIRESTORE_EMULATOR_HOST: firestore.host,
        PUBSUB_EMULATOR_HOST: pubsub.host,
        FIREBASE_AUTH_EMULATOR_HOST: firebase.authHost,
        AUTOMATEOS_TASKS_ENDPOINT: tasks.host,
        AUTOMATEOS_SCHEDULER_ENDPOINT: scheduler.host,
        AUTOMATEOS_KMS_ENDPOINT: kms.host,
        AUTOMATEOS_STORAGE_ENDPOINT: storage.host,
        AUTOMATEOS_PUSH_ISSUER: issuer.issuer,
        AUTOMATEOS_PUSH_JWKS: issuer.jwksUrl,
        AUTOMATEOS_KMS_KEY: names.wrapKey,
        AUTOMATEOS_KMS_MAC_KEY: `${names.macKey}/cryptoKeyVersions/1`,
        AUTOMATEOS_BUCKET: names.bucket,
      },
      dispatcher: () => dispatcher,
      async startDelivering() {
        dispatcher = await startPushDispatcher({
          ...{ pubsub: pubsub.host, projectId: project, invoker, sign: (claims) => issuer.sign(claims) },
          endpoint: (name) => ({ urls: [urlOf(name)], audience: urlOf(name) }),
          ...(options.duplicate ? { duplicate: options.duplicate } : {}),
        });
        if (options.jobs) await makeJobs(topology, endpoints, urlOf);
      },
      async stopDelivering() {
        await Promise.all([dispatcher?.stop(), scheduler.stop(), tasks.stop()]);
        dispatcher = null;
      },
      async restartPubSub() {
        const port = Number(pubsub.host.split(':')[1]);
        await currentPubSub.stop();
        currentPubSub = await begin(startPubSubEmulator({ port }));
      },
      stop: stopAll,
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

type Host = Stoppable & { readonly host: string };

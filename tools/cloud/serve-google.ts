/**
 * The Google services alone, at fixed ports of 127.0.0.1, for functions that run in containers of their own (infra/docker/docker-compose.cloud.yml).
 * Messages and jobs are delivered from the start: a function that is not there yet gets them again.
 */
import { createServer } from 'node:http';
import { startCloudSchedulerServer } from '../../infra/emulators/cloud-scheduler-server.ts';
import { startCloudTasksServer } from '../../infra/emulators/cloud-tasks-server.ts';
import { startFirebaseEmulators } from '../../infra/emulators/firebase-emulators.ts';
import { startFirestoreEmulator } from '../../infra/emulators/firestore-emulator.ts';
import { startKmsServer } from '../../infra/emulators/kms-server.ts';
import { startOidcIssuer } from '../../infra/emulators/oidc-issuer.ts';
import { startPubSubEmulator } from '../../infra/emulators/pubsub-emulator.ts';
import { startPushDispatcher } from '../../infra/emulators/push-dispatcher.ts';
import { startStorageServer } from '../../infra/emulators/storage-server.ts';
import { fixedPorts } from './fixed-ports.ts';
import { invoker, project } from './local-names.ts';
import { makeJobs, makeResources } from './make-resources.ts';
import { readTopology } from './read-topology.ts';

async function main(): Promise<void> {
  const topology = readTopology();
  const ports = fixedPorts(topology);
  const urlOf = (name: string): string => `http://127.0.0.1:${ports.functions[name]}`;
  const issuer = await startOidcIssuer({ port: ports.issuer });
  const [firestore, pubsub, firebase, tasks, scheduler, kms, storage] = await Promise.all([
    startFirestoreEmulator({ port: ports.firestore }),
    startPubSubEmulator({ port: ports.pubsub }),
    startFirebaseEmulators({ projectId: project, hosting: true, authPort: ports.auth, hostingPort: ports.hosting }),
    startCloudTasksServer({ issuer, port: ports.tasks }),
    startCloudSchedulerServer({ issuer, port: ports.scheduler }),
    startKmsServer({ port: ports.kms }),
    startStorageServer({ port: ports.storage }),
  ]);
  const endpoints = { tasks: tasks.host, scheduler: scheduler.host, kms: kms.host, storage: storage.host };
  await makeResources(topology, endpoints);
  const dispatcher = await startPushDispatcher({
    ...{ pubsub: pubsub.host, projectId: project, invoker, sign: (claims) => issuer.sign(claims) },
    endpoint: (name) => ({ urls: [urlOf(name)], audience: urlOf(name) }),
  });
  await makeJobs(topology, endpoints, urlOf);

  const ready = createServer((_, response) => response.end('ready\n'));
  await new Promise<void>((resolve) => ready.listen(ports.ready, '127.0.0.1', resolve));
  console.log('The Google services are there');

  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    ready.close();
    const rest = [firestore, pubsub, firebase, kms, storage, issuer];
    Promise.allSettled([dispatcher, scheduler, tasks].map((service) => service.stop()))
      .then(() => Promise.allSettled(rest.map((service) => service.stop())))
      .finally(() => process.exit(0));
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

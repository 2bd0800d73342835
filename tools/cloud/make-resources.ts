/** What Terraform makes in a project, made on the loopback servers: task queues, keys, the bucket, and the jobs that call sweep and tick. */

import { KeyManagementServiceClient } from '@google-cloud/kms';
import { CloudSchedulerClient } from '@google-cloud/scheduler';
import { CloudTasksClient } from '@google-cloud/tasks';
import { credentials } from '@grpc/grpc-js';
import { invoker, project, region } from './local-names.ts';
import type { Topology } from './read-topology.ts';

/** `host:port` of each service. */
export type Endpoints = { readonly tasks: string; readonly scheduler: string; readonly kms: string; readonly storage: string };

export function resourceNames({ prefix }: Pick<Topology, 'prefix'>) {
  const location = `projects/${project}/locations/${region}`;
  const ring = `${location}/keyRings/${prefix}`;
  return {
    ...{ location, ring, bucket: `${project}-${prefix}` },
    wrapKey: `${ring}/cryptoKeys/data-keys`,
    macKey: `${ring}/cryptoKeys/derivation`,
  };
}

export async function makeResources(topology: Topology, endpoints: Endpoints): Promise<void> {
  await Promise.all([makeQueues(topology, endpoints), makeKeys(topology, endpoints), makeBucket(topology, endpoints)]);
}

function at(host: string) {
  const [apiEndpoint = '', port] = host.split(':');
  return { projectId: project, apiEndpoint, port: Number(port), sslCreds: credentials.createInsecure() };
}

async function makeQueues({ prefix, queues }: Topology, endpoints: Endpoints): Promise<void> {
  const client = new CloudTasksClient(at(endpoints.tasks));
  const parent = `projects/${project}/locations/${region}`;
  for (const name of Object.keys(queues)) {
    const retryConfig = { maxAttempts: 20, minBackoff: { seconds: 1 }, maxBackoff: { seconds: 60 } };
    await client.createQueue({ parent, queue: { name: `${parent}/queues/${prefix}-${name}`, retryConfig } });
  }
  await client.close();
}

async function makeKeys(topology: Topology, endpoints: Endpoints): Promise<void> {
  const client = new KeyManagementServiceClient(at(endpoints.kms));
  const { location, ring } = resourceNames(topology);
  await client.createKeyRing({ parent: location, keyRingId: topology.prefix, keyRing: {} });
  await client.createCryptoKey({ parent: ring, cryptoKeyId: 'data-keys', cryptoKey: { purpose: 'ENCRYPT_DECRYPT' } });
  const mac = { purpose: 'MAC' as const, versionTemplate: { algorithm: 'HMAC_SHA256' as const } };
  await client.createCryptoKey({ parent: ring, cryptoKeyId: 'derivation', cryptoKey: mac });
  await client.close();
}

async function makeBucket(topology: Topology, endpoints: Endpoints): Promise<void> {
  const { bucket } = resourceNames(topology);
  const response = await fetch(`http://${endpoints.storage}/storage/v1/b?project=${project}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: bucket, location: region }),
  });
  if (!response.ok) throw new Error(`The bucket was not made: ${response.status} ${await response.text()}`);
}

/** They call from the next whole minute on. */
export async function makeJobs({ prefix, jobs }: Topology, endpoints: Endpoints, urlOf: (name: string) => string): Promise<void> {
  const client = new CloudSchedulerClient(at(endpoints.scheduler));
  const parent = `projects/${project}/locations/${region}`;
  for (const [name, job] of Object.entries(jobs)) {
    const url = urlOf(job.function);
    const httpTarget = {
      uri: `${url}${job.path}`,
      httpMethod: 'POST' as const,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{}'),
      oidcToken: { serviceAccountEmail: invoker, audience: url },
    };
    await client.createJob({
      parent,
      job: { name: `${parent}/jobs/${prefix}-${name}`, schedule: job.cron, timeZone: 'Etc/UTC', httpTarget },
    });
  }
  await client.close();
}

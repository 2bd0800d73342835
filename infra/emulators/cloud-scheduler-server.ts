/**
 * Cloud Scheduler on loopback, for what has no emulator: jobs with HTTP targets over the service's own gRPC definition, see
 * scheduled-job.ts for what becomes of a job. In memory: a restart is an empty service, as jobs lost would be. No IAM.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { GrpcFailure, type GrpcMethod, type LoopbackServer, pageOf, startGrpcService } from './grpc-service.ts';
import type { OidcIssuer } from './oidc-issuer.ts';
import { createScheduledJob, HttpJob, type ScheduledJob } from './scheduled-job.ts';

export type CloudSchedulerServerOptions = {
  readonly port?: number;
  /** Signs for jobs that ask for an OIDC token; without it they are refused. */
  readonly issuer?: OidcIssuer;
};

const namePattern = /^projects\/[^/]+\/locations\/[a-z0-9-]+\/jobs\/[A-Za-z0-9_-]{1,500}$/;
const Named = z.object({ name: z.string() });
const Updated = z.object({
  job: z.looseObject({ name: z.string() }),
  updateMask: z.object({ paths: z.array(z.string()) }).nullish(),
});

export async function startCloudSchedulerServer(options: CloudSchedulerServerOptions = {}): Promise<LoopbackServer> {
  const jobs = new Map<string, ScheduledJob>();
  const server = await startGrpcService({
    ...{ client: '@google-cloud/scheduler', service: 'google.cloud.scheduler.v1.CloudScheduler' },
    ...{ methods: jobMethods(jobs, options.issuer), port: options.port },
  });
  return {
    host: server.host,
    async stop() {
      for (const job of jobs.values()) job.stop();
      await server.stop();
    },
  };
}

function jobMethods(jobs: Map<string, ScheduledJob>, issuer: OidcIssuer | undefined): Record<string, GrpcMethod> {
  const find = (name: string): ScheduledJob => {
    const job = jobs.get(name);
    if (job === undefined) throw new GrpcFailure('NOT_FOUND', `Job not found: ${name}`);
    return job;
  };
  return {
    CreateJob(request) {
      const { parent, job } = z.object({ parent: z.string(), job: HttpJob }).parse(request);
      const name = job.name === '' ? `${parent}/jobs/${randomUUID()}` : job.name;
      if (!namePattern.test(name) || !name.startsWith(`${parent}/jobs/`))
        throw new GrpcFailure('INVALID_ARGUMENT', 'Job name must be formatted as a job of the parent.');
      if (jobs.has(name)) throw new GrpcFailure('ALREADY_EXISTS', `Job ${name} already exists.`);
      jobs.set(name, createScheduledJob({ ...job, name }, issuer));
      return find(name).describe();
    },
    UpdateJob(request) {
      const { job: change, updateMask } = Updated.parse(request);
      const job = find(change.name);
      job.update(HttpJob.parse({ ...job.describe(), ...masked(change, updateMask?.paths ?? []) }));
      return job.describe();
    },
    GetJob: (request) => find(Named.parse(request).name).describe(),
    ListJobs(request) {
      const listed = z.object({ parent: z.string(), pageSize: z.int(), pageToken: z.string() }).parse(request);
      const names = [...jobs.keys()].filter((name) => name.startsWith(`${listed.parent}/jobs/`)).toSorted();
      const { items, nextPageToken } = pageOf(names, listed, 500);
      return { jobs: items.map((name) => find(name).describe()), nextPageToken };
    },
    DeleteJob(request) {
      const { name } = Named.parse(request);
      find(name).stop();
      jobs.delete(name);
      return {};
    },
    PauseJob: (request) => changed(find(Named.parse(request).name), (job) => job.pause(true)),
    ResumeJob: (request) => changed(find(Named.parse(request).name), (job) => job.pause(false)),
    RunJob: (request) => changed(find(Named.parse(request).name), (job) => job.run()),
  };
}

function changed(job: ScheduledJob, change: (job: ScheduledJob) => void): object {
  change(job);
  return job.describe();
}

/** The top-level fields that the mask names; without a mask all. Masks arrive in snake case. */
function masked(change: Readonly<Record<string, unknown>>, paths: readonly string[]): Record<string, unknown> {
  const named = new Set(
    paths.map((path) => (path.split('.')[0] ?? '').replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())),
  );
  return Object.fromEntries(Object.entries(change).filter(([field]) => named.size === 0 || named.has(field)));
}

/**
 * Cloud Tasks on loopback, for what has no emulator: queues and tasks over the service's own gRPC definition, see cloud-tasks-queue.ts for
 * what becomes of a task. In memory: a restart is an empty service, as a lost queue would be. No IAM, no App Engine targets, no paging
 * tokens that expire.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { createTaskQueue, HttpTask, QueueConfig, type TaskQueue } from './cloud-tasks-queue.ts';
import { GrpcFailure, type GrpcMethod, type LoopbackServer, pageOf, startGrpcService } from './grpc-service.ts';
import type { OidcIssuer } from './oidc-issuer.ts';

export type CloudTasksServerOptions = {
  readonly port?: number;
  /** Signs for tasks that ask for an OIDC token; without it they cannot be dispatched. */
  readonly issuer?: OidcIssuer;
};

const location = '[^/]+/locations/[a-z0-9-]+';
const queuePattern = new RegExp(`^projects/${location}/queues/[A-Za-z0-9-]{1,100}$`);
const taskPattern = new RegExp(`^projects/${location}/queues/[A-Za-z0-9-]{1,100}/tasks/[A-Za-z0-9_-]{1,500}$`);

const Named = z.object({ name: z.string() });
const Viewed = Named.extend({ responseView: z.string() });
const Listed = z.object({ parent: z.string(), pageSize: z.int(), pageToken: z.string() });
/** How long the name of a deleted queue stays taken. */
const queueTombstoneMs = 7 * 86_400_000;

export function startCloudTasksServer(options: CloudTasksServerOptions = {}): Promise<LoopbackServer> {
  const queues = new Map<string, TaskQueue>();
  const deleted = new Map<string, number>();

  function find(name: string): TaskQueue {
    const queue = queues.get(name);
    if (queue === undefined) throw new GrpcFailure('NOT_FOUND', 'Queue does not exist.');
    return queue;
  }

  function make(config: QueueConfig): TaskQueue {
    if (!queuePattern.test(config.name)) throw new GrpcFailure('INVALID_ARGUMENT', 'Queue name must be formatted as a queue.');
    if ((deleted.get(config.name) ?? 0) > Date.now()) {
      const reason = 'The queue cannot be created because a queue with this name existed too recently.';
      throw new GrpcFailure('FAILED_PRECONDITION', reason);
    }
    const queue = createTaskQueue(config.name, options.issuer);
    queues.set(config.name, queue);
    return queue;
  }

  const methods = { ...queueMethods({ queues, deleted, find, make }), ...taskMethods(find) };
  return startGrpcService({
    ...{ client: '@google-cloud/tasks', service: 'google.cloud.tasks.v2.CloudTasks', methods, port: options.port },
  }).then((server) => ({
    host: server.host,
    async stop() {
      for (const queue of queues.values()) queue.stop();
      await server.stop();
    },
  }));
}

type Queues = {
  readonly queues: Map<string, TaskQueue>;
  readonly deleted: Map<string, number>;
  find(name: string): TaskQueue;
  make(config: QueueConfig): TaskQueue;
};

function queueMethods({ queues, deleted, find, make }: Queues): Record<string, GrpcMethod> {
  return {
    CreateQueue(request) {
      const { queue } = z.object({ queue: QueueConfig }).parse(request);
      if (queues.has(queue.name)) throw new GrpcFailure('ALREADY_EXISTS', 'Queue already exists');
      const made = make(queue);
      made.configure(queue);
      return made.describe();
    },
    UpdateQueue(request) {
      const { queue } = z.object({ queue: QueueConfig }).parse(request);
      const found = queues.get(queue.name) ?? make(queue);
      found.configure(queue);
      return found.describe();
    },
    GetQueue: (request) => find(Named.parse(request).name).describe(),
    ListQueues(request) {
      const listed = Listed.parse(request);
      const names = [...queues.keys()].filter((name) => name.startsWith(`${listed.parent}/queues/`)).toSorted();
      const { items, nextPageToken } = pageOf(names, listed, 9_800);
      return { queues: items.map((name) => find(name).describe()), nextPageToken };
    },
    DeleteQueue(request) {
      const { name } = Named.parse(request);
      find(name).stop();
      queues.delete(name);
      deleted.set(name, Date.now() + queueTombstoneMs);
      return {};
    },
    PurgeQueue: (request) => changed(find(Named.parse(request).name), (queue) => queue.purge()),
    PauseQueue: (request) => changed(find(Named.parse(request).name), (queue) => queue.pause(true)),
    ResumeQueue: (request) => changed(find(Named.parse(request).name), (queue) => queue.pause(false)),
  };
}

function changed(queue: TaskQueue, change: (queue: TaskQueue) => void): object {
  change(queue);
  return queue.describe();
}

function taskMethods(find: (queueName: string) => TaskQueue): Record<string, GrpcMethod> {
  const queueOf = (taskName: string): TaskQueue => {
    if (!taskPattern.test(taskName))
      throw new GrpcFailure('INVALID_ARGUMENT', 'Task name must be formatted as a task of a queue.');
    return find(taskName.slice(0, taskName.lastIndexOf('/tasks/')));
  };
  return {
    CreateTask(request) {
      const { parent, task } = z.object({ parent: z.string(), task: HttpTask }).parse(request);
      const queue = find(parent);
      const name = task.name === '' ? `${parent}/tasks/${randomUUID().replaceAll('-', '')}` : task.name;
      if (!taskPattern.test(name) || !name.startsWith(`${parent}/tasks/`))
        throw new GrpcFailure('INVALID_ARGUMENT', 'Task name must be formatted as a task of its queue.');
      return queue.add({ ...task, name });
    },
    GetTask(request) {
      const { name, responseView } = Viewed.parse(request);
      return queueOf(name).get(name, responseView === 'FULL');
    },
    ListTasks(request) {
      const listed = Listed.extend({ responseView: z.string() }).parse(request);
      const queue = find(listed.parent);
      const { items, nextPageToken } = pageOf(queue.list(), listed, 1_000);
      return { tasks: items.map((kept) => queue.present(kept, listed.responseView === 'FULL')), nextPageToken };
    },
    DeleteTask(request) {
      const { name } = Named.parse(request);
      queueOf(name).remove(name);
      return {};
    },
    RunTask(request) {
      const { name } = Viewed.parse(request);
      return queueOf(name).run(name);
    },
  };
}

/**
 * A loopback gRPC server for one Google service, by the definition that ships with its client library: what the real client sends is
 * decoded as the service would decode it. Methods without a handler answer UNIMPLEMENTED. Without TLS, on 127.0.0.1 only.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { z } from 'zod';

/** What a method throws to fail a call as the service would. */
export class GrpcFailure extends Error {
  readonly code: grpc.status;
  constructor(code: keyof typeof grpc.status, message: string) {
    super(message);
    this.name = 'GrpcFailure';
    this.code = grpc.status[code];
  }
}

/** Takes a decoded request, gives the answer to encode. int64 are strings, bytes are Buffers, absent messages are null. */
export type GrpcMethod = (request: unknown) => object | Promise<object>;

export type LoopbackServer = { readonly host: string; stop(): Promise<void> };

export type GrpcServiceOptions = {
  /** `@google-cloud/tasks` */
  readonly client: string;
  /** `google.cloud.tasks.v2.CloudTasks` */
  readonly service: string;
  readonly methods: Readonly<Record<string, GrpcMethod>>;
  /** 0 or absent: any free one. */
  readonly port?: number | undefined;
};

/** A request's instant or duration; `toMs` reads it. */
export const ProtoTime = z.object({ seconds: z.string(), nanos: z.int() });
export type ProtoTime = z.infer<typeof ProtoTime>;

export const toMs = ({ seconds, nanos }: ProtoTime): number => Number(seconds) * 1_000 + nanos / 1e6;

export function fromMs(ms: number): ProtoTime {
  const seconds = Math.floor(ms / 1_000);
  return { seconds: String(seconds), nanos: Math.round((ms - seconds * 1_000) * 1e6) };
}

export async function startGrpcService(options: GrpcServiceOptions): Promise<LoopbackServer> {
  const server = new grpc.Server();
  const handlers = Object.entries(options.methods).map(([name, method]) => [name, unary(method)] as const);
  server.addService(definitionOf(options), Object.fromEntries(handlers));
  const port = await new Promise<number>((resolve, reject) => {
    const address = `127.0.0.1:${options.port ?? 0}`;
    server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    host: `127.0.0.1:${port}`,
    async stop() {
      server.forceShutdown();
    },
  };
}

function definitionOf({ client, service }: GrpcServiceOptions): grpc.ServiceDefinition {
  // package.json is not exported, so the folder is found from what is
  const entry = createRequire(import.meta.url).resolve(client);
  const folder = entry.slice(0, entry.indexOf(join(client)) + client.length);
  const root = JSON.parse(readFileSync(join(folder, 'build/protos/protos.json'), 'utf8')) as Parameters<typeof fromJSON>[0]; // written by protobufjs
  const found = fromJSON(root, { longs: String, enums: String, defaults: true, oneofs: true })[service];
  if (found === undefined || 'format' in found) throw new Error(`${client} has no service ${service}`);
  return found;
}

function unary(method: GrpcMethod): grpc.handleUnaryCall<unknown, object> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => method(call.request))
      .then(
        (answer) => callback(null, answer),
        (error: unknown) => callback(statusOf(error)),
      );
  };
}

function statusOf(error: unknown): Partial<grpc.StatusObject> {
  if (error instanceof GrpcFailure) return { code: error.code, details: error.message };
  if (error instanceof z.ZodError) return { code: grpc.status.INVALID_ARGUMENT, details: z.prettifyError(error) };
  return { code: grpc.status.INTERNAL, details: String(error) };
}

/** A page of what is listed; the token is the place in the list. */
export function pageOf<T>(all: readonly T[], request: { readonly pageSize: number; readonly pageToken: string }, most: number) {
  const from = request.pageToken === '' ? 0 : Number(request.pageToken);
  if (!Number.isSafeInteger(from) || from < 0) throw new GrpcFailure('INVALID_ARGUMENT', 'The page token is invalid.');
  const size = request.pageSize > 0 ? Math.min(request.pageSize, most) : most;
  const items = all.slice(from, from + size);
  return { items, nextPageToken: from + size < all.length ? String(from + size) : '' };
}

/**
 * Cloud Storage on loopback, for what has no emulator: the JSON API as far as its client speaks it for buckets and objects (upload in all
 * three ways, download whole and by range, metadata, list, delete, preconditions, checksums). In memory: a restart is an empty service.
 * No IAM, no versioning, no signed URLs.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoopbackServer } from './grpc-service.ts';
import {
  createStorageBucket,
  type NewObject,
  type Preconditions,
  type StorageBucket,
  StorageRefusal,
  type StoredObject,
} from './storage-bucket.ts';
import { createUploadSessions, fromMedia, fromMultipart, type UploadSessions } from './storage-upload.ts';

export type StorageServerOptions = {
  readonly port?: number;
  /** Buckets that are there from the start. */
  readonly buckets?: readonly string[];
};

type Service = { readonly buckets: Map<string, StorageBucket>; readonly sessions: UploadSessions; readonly host: () => string };

type Call = {
  readonly method: string;
  /** Decoded segments after `/storage/v1`, `/upload/storage/v1` or `/download/storage/v1`. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: Buffer;
};

type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: object | Buffer };

export async function startStorageServer(options: StorageServerOptions = {}): Promise<LoopbackServer> {
  const buckets = new Map((options.buckets ?? []).map((name) => [name, createStorageBucket()]));
  const server = createServer((request, response) => void handle(service, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind of address
  const service: Service = { buckets, sessions: createUploadSessions(), host: () => `127.0.0.1:${port}` };
  return {
    host: service.host(),
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function handle(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    send(response, route(service, callOf(request, Buffer.concat(parts))), request.method === 'HEAD');
  } catch (error) {
    const refusal = error instanceof StorageRefusal ? error : new StorageRefusal(500, 'backendError', String(error));
    const { status: code, message, reason } = refusal;
    send(response, { status: code, body: { error: { code, message, errors: [{ domain: 'global', reason, message }] } } }, false);
  }
}

const roots = /^(\/upload|\/download)?\/storage\/v1\/(.*)$/;

function callOf(request: IncomingMessage, body: Buffer): Call & { readonly root: string } {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://loopback');
  const found = roots.exec(pathname);
  if (found === null) throw new StorageRefusal(404, 'notFound', 'Not Found');
  const [, root = '', rest = ''] = found;
  const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string]));
  return { method: request.method ?? 'GET', root, segments: rest.split('/').map(decodeURIComponent), query, headers, body };
}

function route(service: Service, call: Call & { readonly root: string }): Answer {
  const [kind, bucketName, objects, objectName, ...rest] = call.segments;
  if (kind !== 'b' || rest.length > 0 || (objects !== undefined && objects !== 'o'))
    throw new StorageRefusal(404, 'notFound', 'Not Found');
  if (bucketName === undefined) return makeBucket(service, call);
  const bucket = service.buckets.get(bucketName);
  if (bucket === undefined) throw new StorageRefusal(404, 'notFound', 'The specified bucket does not exist.');
  if (objects === undefined) return onBucket(service, call, bucketName, bucket);
  if (call.root === '/upload') return upload(service, call, bucketName, bucket);
  return objectName === undefined ? list(call, bucketName, bucket) : onObject(call, bucketName, bucket, objectName);
}

function makeBucket({ buckets }: Service, { method, body }: Call): Answer {
  if (method !== 'POST') throw notAllowed(method);
  const { name } = JSON.parse(body.toString('utf8')) as { readonly name?: unknown };
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(name))
    throw new StorageRefusal(400, 'invalid', 'Invalid bucket name');
  if (buckets.has(name)) throw new StorageRefusal(409, 'conflict', 'You already own this bucket.');
  buckets.set(name, createStorageBucket());
  return { status: 200, body: { kind: 'storage#bucket', id: name, name } };
}

function onBucket({ buckets }: Service, { method }: Call, name: string, bucket: StorageBucket): Answer {
  if (method === 'GET') return { status: 200, body: { kind: 'storage#bucket', id: name, name } };
  if (method !== 'DELETE') throw notAllowed(method);
  if (!bucket.isEmpty()) throw new StorageRefusal(409, 'conflict', 'The bucket you tried to delete is not empty.');
  buckets.delete(name);
  return { status: 204 };
}

function upload({ sessions, host }: Service, call: Call, bucketName: string, bucket: StorageBucket): Answer {
  const session = call.query.get('upload_id');
  if (call.method === 'PUT' && session !== null) {
    const state = sessions.append(session, call.headers, call.body);
    if (state.status === 'complete') return inserted(bucketName, bucket, state.object, state.preconditions);
    return { status: 308, headers: state.received === 0 ? {} : { range: `bytes=0-${state.received - 1}` } };
  }
  if (call.method === 'DELETE' && session !== null) return { status: sessions.cancel(session) ? 499 : 404 };
  if (call.method !== 'POST') throw notAllowed(call.method);
  const request = { name: call.query.get('name'), headers: call.headers, body: call.body };
  switch (call.query.get('uploadType')) {
    case 'media':
      return inserted(bucketName, bucket, fromMedia(request), preconditionsOf(call));
    case 'multipart':
      return inserted(bucketName, bucket, fromMultipart(request), preconditionsOf(call));
    case 'resumable': {
      const id = sessions.open(request, preconditionsOf(call));
      const path = `/upload/storage/v1/b/${encodeURIComponent(bucketName)}/o?uploadType=resumable&upload_id=${id}`;
      return { status: 200, headers: { location: `http://${host()}${path}`, 'x-guploader-uploadid': id } };
    }
    default:
      throw new StorageRefusal(400, 'badRequest', 'The uploadType is media, multipart or resumable.');
  }
}

function inserted(bucketName: string, bucket: StorageBucket, object: NewObject, preconditions: Preconditions): Answer {
  return { status: 200, body: resourceOf(bucketName, bucket.insert(object, preconditions)) };
}

function list({ method, query }: Call, bucketName: string, bucket: StorageBucket): Answer {
  if (method !== 'GET') throw notAllowed(method);
  const maxResults = Math.min(1_000, Math.max(1, Number(query.get('maxResults') ?? 1_000)));
  const after = Buffer.from(query.get('pageToken') ?? '', 'base64url').toString('utf8');
  const { items, next } = bucket.list({ prefix: query.get('prefix') ?? '', maxResults, after });
  const nextPageToken = next === null ? {} : { nextPageToken: Buffer.from(next).toString('base64url') };
  return {
    status: 200,
    body: { kind: 'storage#objects', items: items.map((one) => resourceOf(bucketName, one)), ...nextPageToken },
  };
}

function onObject(call: Call, bucketName: string, bucket: StorageBucket, name: string): Answer {
  const { method, query, headers } = call;
  if (method === 'DELETE') {
    bucket.remove(name, preconditionsOf(call));
    return { status: 204 };
  }
  if (method !== 'GET' && method !== 'HEAD') throw notAllowed(method);
  const object = bucket.get(name, preconditionsOf(call));
  if (query.get('alt') !== 'media') return { status: 200, body: resourceOf(bucketName, object) };
  return media(object, headers.get('range'));
}

function media(object: StoredObject, range: string | null): Answer {
  const common = {
    'content-type': object.contentType,
    'x-goog-generation': object.generation,
    'x-goog-hash': `crc32c=${object.crc32c},md5=${object.md5Hash}`,
    'x-goog-stored-content-encoding': 'identity',
    'x-goog-stored-content-length': String(object.bytes.length),
  };
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === undefined) return { status: 200, headers: common, body: object.bytes };
  const from = Number(first);
  if (from >= object.bytes.length) throw new StorageRefusal(416, 'requestedRangeNotSatisfiable', 'Request range not satisfiable');
  const to = Math.min(last ? Number(last) : Number.POSITIVE_INFINITY, object.bytes.length - 1);
  const contentRange = { 'content-range': `bytes ${from}-${to}/${object.bytes.length}` };
  return { status: 206, headers: { ...common, ...contentRange }, body: object.bytes.subarray(from, to + 1) };
}

function preconditionsOf({ query }: Call): Preconditions {
  return { ifGenerationMatch: query.get('ifGenerationMatch'), ifGenerationNotMatch: query.get('ifGenerationNotMatch') };
}

function resourceOf(bucket: string, object: StoredObject): object {
  const { name, generation, contentType, metadata, crc32c, md5Hash, createdAt, bytes } = object;
  return {
    ...{ kind: 'storage#object', id: `${bucket}/${name}/${generation}`, bucket, name, generation, metageneration: '1' },
    ...{ contentType, metadata, crc32c, md5Hash, etag: md5Hash, size: String(bytes.length), storageClass: 'STANDARD' },
    ...{ timeCreated: createdAt, updated: createdAt },
  };
}

const notAllowed = (method: string): StorageRefusal =>
  new StorageRefusal(405, 'methodNotAllowed', `${method} is not allowed here.`);

function send(response: ServerResponse, { status, headers = {}, body }: Answer, headOnly: boolean): void {
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const type = body === undefined || Buffer.isBuffer(body) ? {} : { 'content-type': 'application/json; charset=UTF-8' };
  response.writeHead(status, { ...type, ...headers, 'content-length': String(bytes.length) });
  response.end(headOnly ? undefined : bytes);
}

/**
 * The three ways in which an object's bytes reach Cloud Storage's JSON API: `media` (the body is the object), `multipart` (a part of JSON,
 * a part of bytes) and `resumable` (a session that takes the bytes in pieces, and says how far it got).
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type NewObject, type Preconditions, StorageRefusal } from './storage-bucket.ts';

const ObjectResource = z.object({
  name: z.string().optional(),
  contentType: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  crc32c: z.string().optional(),
  md5Hash: z.string().optional(),
});
type ObjectResource = z.infer<typeof ObjectResource>;

export type UploadRequest = {
  readonly name: string | null;
  readonly headers: Headers;
  readonly body: Buffer;
};

const bad = (message: string): StorageRefusal => new StorageRefusal(400, 'badRequest', message);

function parseResource(json: string): ObjectResource {
  try {
    return ObjectResource.parse(json === '' ? {} : JSON.parse(json));
  } catch (error) {
    throw bad(`The metadata cannot be read: ${String(error)}`);
  }
}

function newObject(resource: ObjectResource, request: UploadRequest, bytes: Buffer, contentType: string | null): NewObject {
  const name = request.name ?? resource.name;
  if (name === undefined) throw bad('Required parameter: name');
  return { ...resource, name, bytes, contentType: resource.contentType ?? contentType ?? undefined, ...saidOf(request.headers) };
}

/** `x-goog-hash: crc32c=...,md5=...` */
function saidOf(headers: Headers): { readonly crc32c?: string; readonly md5Hash?: string } {
  const said = headers.get('x-goog-hash') ?? '';
  const [crc32c, md5Hash] = ['crc32c', 'md5'].map((kind) => new RegExp(`(?:^|,)\\s*${kind}=([^,\\s]+)`).exec(said)?.[1]);
  return { ...(crc32c === undefined ? {} : { crc32c }), ...(md5Hash === undefined ? {} : { md5Hash }) };
}

export function fromMedia(request: UploadRequest): NewObject {
  return newObject({}, request, request.body, request.headers.get('content-type'));
}

export function fromMultipart(request: UploadRequest): NewObject {
  const boundary = /boundary="?([^";]+)"?/.exec(request.headers.get('content-type') ?? '')?.[1];
  if (boundary === undefined) throw bad('A multipart upload names its boundary.');
  const [resource, media, ...rest] = partsOf(request.body, boundary);
  if (resource === undefined || media === undefined || rest.length > 0) throw bad('A multipart upload has two parts.');
  return newObject(parseResource(resource.body.toString('utf8')), request, media.body, media.contentType);
}

type Part = { readonly contentType: string | null; readonly body: Buffer };

function partsOf(body: Buffer, boundary: string): readonly Part[] {
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  for (let from = body.indexOf(delimiter); from !== -1; ) {
    const start = from + delimiter.length;
    if (body.subarray(start, start + 2).toString() === '--') return parts;
    const next = body.indexOf(delimiter, start);
    const head = body.indexOf('\r\n\r\n', start);
    if (next === -1 || head === -1 || head > next) break;
    const contentType = /^content-type:\s*(.+)$/im.exec(body.subarray(start, head).toString('latin1'))?.[1]?.trim() ?? null;
    // without the line break that belongs to the delimiter
    parts.push({ contentType, body: Buffer.from(body.subarray(head + 4, next - 2)) });
    from = next;
  }
  throw bad('The multipart body is cut off.');
}

type Session = { readonly resource: NewObject; readonly preconditions: Preconditions; received: Buffer; done: boolean };

/** `complete`: all bytes are here. `received`: how many are. */
export type SessionState =
  | { readonly status: 'complete'; readonly object: NewObject; readonly preconditions: Preconditions }
  | { readonly status: 'incomplete'; readonly received: number };

export function createUploadSessions() {
  const sessions = new Map<string, Session>();
  return {
    open(request: UploadRequest, preconditions: Preconditions): string {
      const id = randomUUID();
      const contentType = request.headers.get('x-upload-content-type');
      const resource = newObject(parseResource(request.body.toString('utf8')), request, Buffer.alloc(0), contentType);
      sessions.set(id, { resource, preconditions, received: Buffer.alloc(0), done: false });
      return id;
    },
    /** A piece, or with `bytes *` in its range the question how far it got. */
    append(id: string, headers: Headers, body: Buffer): SessionState {
      const session = sessions.get(id);
      if (session === undefined) throw new StorageRefusal(404, 'notFound', 'There is no such upload.');
      const range = /^bytes (?:(\d+)-(\d+|\*)|\*)\/(\d+|\*)$/.exec(headers.get('content-range') ?? 'bytes 0-*/*');
      if (range === null) throw bad('The Content-Range cannot be read.');
      const [, from, , size] = range;
      if (from !== undefined) {
        if (Number(from) > session.received.length) throw new StorageRefusal(503, 'backendError', 'The pieces do not join.');
        session.received = Buffer.concat([session.received.subarray(0, Number(from)), body]);
      }
      // The client sends the whole as one piece of unknown size, `bytes 0-*/*`; then the end of the request is the end of the object.
      const open = from !== undefined && range[2] === '*' && size === '*';
      session.done ||= open || (size !== '*' && Number(size) === session.received.length);
      if (!session.done) return { status: 'incomplete', received: session.received.length };
      sessions.delete(id);
      const object = { ...session.resource, bytes: session.received, ...saidOf(headers) };
      return { status: 'complete', object, preconditions: session.preconditions };
    },
    cancel: (id: string): boolean => sessions.delete(id),
  };
}

export type UploadSessions = ReturnType<typeof createUploadSessions>;

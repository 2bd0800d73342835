/**
 * A bucket of Cloud Storage, in memory: objects with generations, checksums and preconditions. Reads, lists and deletions see every write
 * that was answered, as the service's do.
 */
import { createHash } from 'node:crypto';
import { CRC32C } from '@google-cloud/storage';

export type StoredObject = {
  readonly name: string;
  readonly bytes: Buffer;
  readonly generation: string;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly crc32c: string;
  readonly md5Hash: string;
  readonly createdAt: string;
};

/** A refusal in the service's words; `reason` as in its error bodies. */
export class StorageRefusal extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.name = 'StorageRefusal';
    this.status = status;
    this.reason = reason;
  }
}

export type NewObject = {
  readonly name: string;
  readonly bytes: Buffer;
  readonly contentType?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Base64; what the sender says of the bytes. */
  readonly crc32c?: string | undefined;
  readonly md5Hash?: string | undefined;
};

/** Query parameters that make an operation depend on the generation; 0 stands for "not there". */
export type Preconditions = { readonly ifGenerationMatch: string | null; readonly ifGenerationNotMatch: string | null };

export type ListRequest = {
  readonly prefix: string;
  readonly maxResults: number;
  /** The last name of the page before. */
  readonly after: string;
};

const nameLimitBytes = 1_024;

export type StorageBucket = ReturnType<typeof createStorageBucket>;

export function createStorageBucket() {
  const objects = new Map<string, StoredObject>();
  let generations = Date.now() * 1_000;

  function check(name: string, { ifGenerationMatch, ifGenerationNotMatch }: Preconditions): void {
    const current = objects.get(name)?.generation ?? '0';
    const holds = ifGenerationMatch === null || ifGenerationMatch === current;
    if (holds && (ifGenerationNotMatch === null || ifGenerationNotMatch !== current)) return;
    throw new StorageRefusal(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.');
  }

  function find(name: string): StoredObject {
    const object = objects.get(name);
    if (object === undefined) throw new StorageRefusal(404, 'notFound', `No such object: ${name}`);
    return object;
  }

  return {
    insert(sent: NewObject, preconditions: Preconditions): StoredObject {
      requireName(sent.name);
      const { name, bytes, contentType = 'application/octet-stream', metadata = {} } = sent;
      const hashes = hashesOf(bytes);
      for (const kind of ['crc32c', 'md5Hash'] as const) {
        if (sent[kind] !== undefined && sent[kind] !== hashes[kind])
          throw new StorageRefusal(400, 'invalid', `Provided ${kind} does not match calculated ${kind} ${hashes[kind]}.`);
      }
      check(name, preconditions);
      generations += 1;
      const createdAt = new Date().toISOString();
      const object = { name, bytes, contentType, metadata, ...hashes, generation: String(generations), createdAt };
      objects.set(name, object);
      return object;
    },
    get(name: string, preconditions: Preconditions): StoredObject {
      const object = find(name);
      check(name, preconditions);
      return object;
    },
    remove(name: string, preconditions: Preconditions): void {
      find(name);
      check(name, preconditions);
      objects.delete(name);
    },
    /** By name, in the order of its UTF-8 bytes. */
    list({ prefix, maxResults, after }: ListRequest): { readonly items: readonly StoredObject[]; readonly next: string | null } {
      const names = [...objects.keys()].filter((name) => name.startsWith(prefix)).toSorted(byBytes);
      const rest = after === '' ? names : names.filter((name) => byBytes(name, after) > 0);
      const page = rest.slice(0, maxResults);
      return { items: page.map(find), next: rest.length > maxResults ? (page.at(-1) ?? null) : null };
    },
    isEmpty: () => objects.size === 0,
  };
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function requireName(name: string): void {
  const length = Buffer.byteLength(name);
  if (length > 0 && length <= nameLimitBytes && !/[\r\n]/.test(name) && name !== '.' && name !== '..') return;
  throw new StorageRefusal(400, 'invalid', 'The object name is invalid.');
}

function hashesOf(bytes: Buffer): { readonly crc32c: string; readonly md5Hash: string } {
  const checksum = new CRC32C();
  checksum.update(bytes);
  return { crc32c: checksum.toString(), md5Hash: createHash('md5').update(bytes).digest('base64') };
}

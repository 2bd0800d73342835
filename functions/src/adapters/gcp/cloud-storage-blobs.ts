/**
 * Blobs as objects of one Cloud Storage bucket, named by their keys. A blob is created if absent: what is there under a key is what would
 * be written, so a repeated put costs no second object, may be retried freely and stays below the service's one write a second per object.
 * Checksums are compared both ways by the client.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isBlobKey, isBlobPrefix } from '@automateos/shared/documents/blob-key';
import type { Blobs } from '@automateos/shared/ports/blobs';
import { StoreUnavailable } from '@automateos/shared/ports/document-store';
import type { Bucket } from '@google-cloud/storage';
import { onFirstUse } from './grpc-client.ts';

export type CloudStorageBlobsOptions = {
  readonly projectId: string;
  readonly bucket: string;
  /** `host:port` of a loopback server without TLS; Google when absent. */
  readonly endpoint?: string | undefined;
  /** When an operation is given up, retries included, ms. */
  readonly patienceMs?: number;
};

/** Billable operations and bytes since the start. Class A: writes and lists; class B: reads. Deletions are free. */
export type CloudStorageStats = {
  readonly classA: number;
  readonly classB: number;
  readonly bytesWritten: number;
  readonly bytesRead: number;
};

export type CloudStorageBlobs = Blobs & { stats(): CloudStorageStats };

const defaultPatienceMs = 30_000;
const pageSize = 1_000;
const deletionsAtATime = 32;

export function createCloudStorageBlobs(options: CloudStorageBlobsOptions): CloudStorageBlobs {
  const patienceMs = options.patienceMs ?? defaultPatienceMs;
  const client = onFirstUse(async () => ({ bucket: await openBucket(options, patienceMs), close: async () => {} }));
  const stats = { classA: 0, classB: 0, bytesWritten: 0, bytesRead: 0 };

  async function answered<T>(what: string, action: (bucket: Bucket) => Promise<T>): Promise<T> {
    const overdue = Promise.withResolvers<never>();
    const timer = setTimeout(() => overdue.reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
    const until = Date.now() + patienceMs;
    try {
      for (let wait = 100; ; wait *= 2) {
        try {
          return await Promise.race([client.get().then(({ bucket }) => action(bucket)), overdue.promise]);
        } catch (error) {
          if (!isTransient(error) || Date.now() + wait >= until) throw error;
          await sleep(wait);
        }
      }
    } catch (error) {
      throw new StoreUnavailable(`could not ${what}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async function deletePage(bucket: Bucket, prefix: string): Promise<{ readonly freed: number; readonly more: boolean }> {
    stats.classA += 1;
    const [files, next] = await bucket.getFiles({ prefix, maxResults: pageSize, autoPaginate: false });
    let freed = 0;
    for (let at = 0; at < files.length; at += deletionsAtATime) {
      const some = files.slice(at, at + deletionsAtATime);
      await Promise.all(some.map((file) => orAbsent(file.delete(), null)));
      for (const { metadata } of some) freed += Number(metadata.size ?? 0);
    }
    return { freed, more: next !== null };
  }

  return {
    async put(key, bytes) {
      if (!isBlobKey(key)) throw new TypeError(`not a blob key: ${JSON.stringify(key.slice(0, 200))}`);
      // taken now: the caller may go on using its buffer
      const content = Buffer.from(bytes);
      stats.classA += 1;
      await answered(`write blob ${key}`, async (bucket) => {
        const saved = bucket.file(key).save(content, {
          ...{ resumable: false, contentType: 'application/octet-stream', validation: 'crc32c', timeout: patienceMs },
          preconditionOpts: { ifGenerationMatch: 0 },
        });
        await saved.catch((error: unknown) => {
          if (codeOf(error) !== 412) throw error; // else it is there already
        });
      });
      stats.bytesWritten += content.length;
    },
    async get(key) {
      if (!isBlobKey(key)) return null;
      stats.classB += 1;
      const found = await answered(`read blob ${key}`, (bucket) =>
        orAbsent(bucket.file(key).download({ validation: 'crc32c' }), null),
      );
      if (found === null) return null;
      stats.bytesRead += found[0].length;
      // plain bytes: a Buffer is serialised and sliced differently
      return Uint8Array.from(found[0]);
    },
    async deletePrefix(prefix) {
      if (!isBlobPrefix(prefix)) throw new TypeError(`not a blob prefix: ${JSON.stringify(prefix.slice(0, 200))}`);
      let total = 0;
      for (;;) {
        // what is listed is deleted, so that the next page is the first again
        const { freed, more } = await answered(`delete blobs ${prefix}`, (bucket) => deletePage(bucket, prefix));
        total += freed;
        if (!more) return total;
      }
    },
    stats: () => ({ ...stats }),
  };
}

async function openBucket({ projectId, bucket, endpoint }: CloudStorageBlobsOptions, patienceMs: number): Promise<Bucket> {
  const { Storage } = await import('@google-cloud/storage');
  const storage = new Storage({
    projectId,
    ...(endpoint === undefined ? {} : { apiEndpoint: `http://${endpoint}` }),
    timeout: patienceMs,
    // Retries are `answered`'s: the client's own (8.4.0) pipe into streams that it has destroyed after a 503, and the rejection that nobody
    // handles ends the process.
    retryOptions: { autoRetry: false, maxRetries: 0 },
  });
  return storage.bucket(bucket);
}

/** HTTP status of a refusal; null or NaN where none came. */
function codeOf(error: unknown): number | null {
  return error instanceof Error && 'code' in error ? Number(error.code) : null;
}

/** No answer, one that says "later", or bytes that do not fit their checksum. */
function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  return code === null || Number.isNaN(code) || code === 408 || code === 429 || code >= 500;
}

async function orAbsent<T, F>(action: Promise<T>, fallback: F): Promise<T | F> {
  try {
    return await action;
  } catch (error) {
    if (codeOf(error) === 404) return fallback;
    throw error;
  }
}

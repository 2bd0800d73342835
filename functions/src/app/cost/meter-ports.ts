/**
 * The ports of an App, counted. What the use cases do with them is what the services bill: a document written, deleted or read (an
 * absent one too; a query at least one), a message, a timer, a blob, a use of the key service. A commit that changed nothing is not billed.
 */

import type { Counts } from '@automateos/shared/cost/usage-counts';
import type { Blobs } from '@automateos/shared/ports/blobs';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import type { Queue } from '@automateos/shared/ports/queue';
import type { SecretBox } from '@automateos/shared/ports/secret-box';
import type { Timers } from '@automateos/shared/ports/timers';
import type { App } from '../app-context.ts';

/** An aggregation costs a read for so many entries that it looked at. */
const entriesPerRead = 1_000;

export function meterPorts(app: App, counts: Counts): App {
  return {
    ...app,
    store: meterStore(app.store, counts),
    blobs: meterBlobs(app.blobs, counts),
    queue: meterQueue(app.queue, counts),
    timers: meterTimers(app.timers, counts),
    secrets: meterSecrets(app.secrets, counts),
  };
}

export function meterStore(store: DocumentStore, counts: Counts): DocumentStore {
  return {
    get(path) {
      counts.r += 1;
      return store.get(path);
    },
    getAll(paths) {
      counts.r += paths.length;
      return store.getAll(paths);
    },
    async commit(writes) {
      const result = await store.commit(writes);
      if (!result.ok) return result;
      for (const { kind } of writes) {
        if (kind === 'delete') counts.d += 1;
        else counts.w += 1;
        if (kind === 'create') counts.n += 1;
      }
      return result;
    },
    async query(query) {
      const rows = await store.query(query);
      counts.r += Math.max(1, rows.length);
      return rows;
    },
    async count(query) {
      const count = await store.count(query);
      counts.r += Math.max(1, Math.ceil(count / entriesPerRead));
      return count;
    },
    watch: (path, listener, since) => store.watch(path, listener, since),
    stats: () => store.stats(),
  };
}

function meterBlobs(blobs: Blobs, counts: Counts): Blobs {
  return {
    put(key, bytes) {
      counts.ba += 1;
      counts.bb += bytes.length;
      return blobs.put(key, bytes);
    },
    get(key) {
      counts.bg += 1;
      return blobs.get(key);
    },
    deletePrefix: (prefix) => blobs.deletePrefix(prefix),
  };
}

function meterQueue(queue: Queue, counts: Counts): Queue {
  return {
    publish(pool, refs) {
      counts.p += refs.length;
      return queue.publish(pool, refs);
    },
  };
}

function meterTimers(timers: Timers, counts: Counts): Timers {
  return {
    wakeAt(pool, ref, atEpochMs) {
      counts.t += 1;
      return timers.wakeAt(pool, ref, atEpochMs);
    },
  };
}

/** A use per secret at most: a key ring may remember what it has unwrapped. */
function meterSecrets(secrets: SecretBox, counts: Counts): SecretBox {
  return {
    seal(plain, context) {
      counts.k += 1;
      return secrets.seal(plain, context);
    },
    open(sealed, context) {
      counts.k += 1;
      return secrets.open(sealed, context);
    },
  };
}

/**
 * The DocumentStore in memory: every guarantee of the port but durability, nothing shared with its callers (what it hands out is frozen),
 * no I/O, no clock, no random. Serves isolated runs (workflow tests), tests and the fault simulator. A commit takes effect when it is
 * called, so callers may order what they like.
 */

import type { JsonObject, JsonValue } from '../model/json.ts';
import type { CommitResult, DocumentStore, Query, Snapshot, StoreStats, Write } from '../ports/document-store.ts';
import { collectionOf, groupOf } from './document-path.ts';
import { checkQuery, selectRows } from './document-query.ts';
import { createWatchers } from './document-watchers.ts';
import { checkWrites, documentText } from './document-writes.ts';

export type MemoryDocumentStore = DocumentStore & {
  /** Every document, by path: what invariants are checked against. Costs no reads. */
  documents(): readonly Snapshot[];
};

/** A stored version of a document. Its text is parsed (and frozen) when somebody reads it, once. */
function storedDocument(path: string, version: string, text: string): Snapshot {
  let data: JsonObject | undefined;
  return {
    path,
    version,
    get data() {
      // the text is JSON.stringify's of a JsonObject
      data ??= freeze(JSON.parse(text)) as JsonObject;
      return data;
    },
  };
}

function freeze(value: JsonValue): JsonValue {
  if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) freeze(child);
    Object.freeze(value);
  }
  return value;
}

type Documents = Map<string, Snapshot>;

/** All documents, and again by collection and by group so that a query need not look at the others. */
function createShelves() {
  const all: Documents = new Map();
  const shelves = new Map<string, Documents>();
  const shelvesOf = (path: string): readonly string[] => [collectionOf(path), `*/${groupOf(path)}`];
  return {
    all,
    put(document: Snapshot): void {
      all.set(document.path, document);
      for (const key of shelvesOf(document.path)) {
        const shelf = shelves.get(key);
        if (shelf) shelf.set(document.path, document);
        else shelves.set(key, new Map([[document.path, document]]));
      }
    },
    remove(path: string): boolean {
      for (const key of shelvesOf(path)) shelves.get(key)?.delete(path);
      return all.delete(path);
    },
    candidates: (query: Query): Iterable<Snapshot> =>
      shelves.get(query.group ? `*/${query.collection}` : query.collection)?.values() ?? [],
  };
}

function failedWrite(write: Write, stored: Snapshot | undefined): 'exists' | 'version' | null {
  if (write.kind === 'create') return stored ? 'exists' : null;
  if (write.kind === 'set' || write.version === undefined) return null;
  return stored?.version === write.version ? null : 'version';
}

export function createMemoryDocumentStore(): MemoryDocumentStore {
  const shelves = createShelves();
  const watchers = createWatchers();
  const stats = { reads: 0, writes: 0, deletes: 0, commits: 0 };
  let lastVersion = 0;

  const apply = (write: Write, text: string | undefined): string => {
    if (text === undefined) {
      shelves.remove(write.path);
      stats.deletes += 1;
      return '';
    }
    lastVersion += 1;
    const version = String(lastVersion);
    shelves.put(storedDocument(write.path, version, text));
    stats.writes += 1;
    return version;
  };

  const commit = (writes: readonly Write[]): CommitResult => {
    checkWrites(writes);
    const texts = writes.map((write) => (write.kind === 'delete' ? undefined : documentText(write.path, write.data)));
    stats.commits += 1;
    for (const write of writes) {
      const failed = failedWrite(write, shelves.all.get(write.path));
      if (failed) return { ok: false, failed, path: write.path };
    }
    const versions = writes.map((write, index) => apply(write, texts[index]));
    const heard = writes.filter(({ path }) => watchers.wants(path));
    watchers.deliver(heard.map(({ path }) => ({ path, snapshot: shelves.all.get(path) ?? null })));
    return { ok: true, versions };
  };

  const select = (query: Query): readonly Snapshot[] => {
    checkQuery(query);
    return selectRows(shelves.candidates(query), query);
  };

  return {
    async get(path) {
      stats.reads += 1;
      return shelves.all.get(path) ?? null;
    },
    async getAll(paths) {
      stats.reads += paths.length;
      return paths.map((path) => shelves.all.get(path) ?? null);
    },
    commit: async (writes) => commit(writes),
    async query(query) {
      const rows = select(query);
      stats.reads += Math.max(1, rows.length);
      return rows;
    },
    async count(query) {
      stats.reads += 1;
      return select(query).length;
    },
    watch: (path, listener, since) => watchers.add(path, listener, since),
    stats: (): StoreStats => ({ ...stats }),
    documents: () => [...shelves.all.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

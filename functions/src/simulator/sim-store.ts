/**
 * The simulator's store: the port's semantics, synchronous, with structural sharing. What is committed is frozen as it is, so a writer
 * that changes it afterwards throws; what a commit changed can be looked at with what was there before. The fake store is the
 * same thing by text and copies; this one costs a tenth.
 */
import { collectionOf, groupOf } from '@automateos/shared/documents/document-path';
import { checkQuery, selectRows } from '@automateos/shared/documents/document-query';
import { checkWrites } from '@automateos/shared/documents/document-writes';
import type { JsonObject } from '@automateos/shared/model/json';
import type { CommitResult, Query, Snapshot, Write } from '@automateos/shared/ports/document-store';

export type Landed = { readonly path: string; readonly before: Snapshot | null; readonly after: Snapshot | null };

export type SimStore = {
  get(path: string): Snapshot | null;
  commit(writes: readonly Write[]): CommitResult;
  /** What the last successful commit did. */
  lastLanded(): readonly Landed[];
  query(query: Query): readonly Snapshot[];
  /** The query's answer as it was before the last `back` commits. */
  queryPast(query: Query, back: number): readonly Snapshot[];
  documents(): Iterable<Snapshot>;
  collection(path: string): Iterable<Snapshot>;
};

const rememberedCommits = 40;

export function createSimStore(): SimStore {
  const all = new Map<string, Snapshot>();
  const shelves = new Map<string, Map<string, Snapshot>>();
  const past: (readonly Landed[])[] = [];
  let lastVersion = 0;

  function shelf(key: string): Map<string, Snapshot> {
    let found = shelves.get(key);
    if (!found) {
      found = new Map();
      shelves.set(key, found);
    }
    return found;
  }

  function apply(write: Write): Landed {
    const { path } = write;
    const before = all.get(path) ?? null;
    if (write.kind === 'delete') {
      all.delete(path);
      shelf(collectionOf(path)).delete(path);
      shelf(`*/${groupOf(path)}`).delete(path);
      return { path, before, after: null };
    }
    lastVersion += 1;
    const after: Snapshot = { path, version: String(lastVersion), data: freeze(write.data) };
    all.set(path, after);
    shelf(collectionOf(path)).set(path, after);
    shelf(`*/${groupOf(path)}`).set(path, after);
    return { path, before, after };
  }

  const candidates = (query: Query): Map<string, Snapshot> => shelf(query.group ? `*/${query.collection}` : query.collection);

  return {
    get: (path) => all.get(path) ?? null,
    commit(writes) {
      checkWrites(writes);
      for (const write of writes) {
        const failed = failure(write, all.get(write.path));
        if (failed) return { ok: false, failed, path: write.path };
      }
      const landed = writes.map(apply);
      past.push(landed);
      if (past.length > rememberedCommits) past.shift();
      return { ok: true, versions: landed.map(({ after }) => after?.version ?? '') };
    },
    lastLanded: () => past.at(-1) ?? [],
    query(query) {
      checkQuery(query);
      return selectRows(candidates(query).values(), query);
    },
    queryPast(query, back) {
      const rows = new Map(candidates(query));
      for (const landed of past.slice(-back).reverse()) {
        for (const { path, before } of landed) {
          if ((query.group ? groupOf(path) : collectionOf(path)) !== query.collection) continue;
          if (before) rows.set(path, before);
          else rows.delete(path);
        }
      }
      return selectRows(rows.values(), query);
    },
    documents: () => all.values(),
    collection: (path) => shelf(path).values(),
  };
}

function failure(write: Write, stored: Snapshot | undefined): 'exists' | 'version' | null {
  if (write.kind === 'create') return stored ? 'exists' : null;
  if (write.kind === 'set' || write.version === undefined) return null;
  return stored?.version === write.version ? null : 'version';
}

/** Deep; what is frozen already is known to be frozen to its leaves. */
function freeze(value: JsonObject): JsonObject {
  freezeAny(value);
  return value;
}

function freezeAny(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const key in value) freezeAny((value as Record<string, unknown>)[key]); // any object is a record of unknown
}

/**
 * The one door to durable state. Documents are JSON objects at slash-separated paths with an even number of segments
 * (`organizations/o1/executions/e1`); the segment before the last is the document's collection group (`executions`).
 *
 * Guarantees every adapter keeps (shared/src/testing/document-store.conformance.ts):
 * - `commit` is atomic: all writes or none, durable (fsync'd, or acknowledged by the service) before the promise resolves.
 * - A version is an opaque string that changes with EVERY successful write of the document, equal content included.
 * - A commit whose precondition fails answers `{ ok: false }` and changes nothing.
 * - A commit that throws StoreUnavailable is AMBIGUOUS: it may have landed, and may land late.
 * - Reads after a resolved commit see it. Queries may lag only where the adapter says so.
 * - Data is taken as it is when commit is called, and what reads hand out cannot change what is stored.
 * - Mistakes of the caller (an impossible path to write, two writes of one document, a senseless query) throw TypeError; a document above
 *   1 MiB throws AppError DOCUMENT_TOO_LARGE. Reading at a path that no document can have finds nothing.
 */
import type { JsonObject, JsonPrimitive } from '../model/json.ts';

export type Snapshot = { readonly path: string; readonly version: string; readonly data: JsonObject };

export type Write =
  /** Fails the commit when the document exists. */
  | { readonly kind: 'create'; readonly path: string; readonly data: JsonObject }
  /** Replaces or creates, whatever is there. */
  | { readonly kind: 'set'; readonly path: string; readonly data: JsonObject }
  /** Replaces the whole document if it still has `version`. */
  | { readonly kind: 'update'; readonly path: string; readonly data: JsonObject; readonly version: string }
  /** Without `version`: deletes whatever is there, absent included. */
  | { readonly kind: 'delete'; readonly path: string; readonly version?: string };

export type CommitResult =
  /** One version per write, in order; '' for deletes. */
  | { readonly ok: true; readonly versions: readonly string[] }
  /** The first write whose precondition failed. Nothing was changed. */
  | { readonly ok: false; readonly failed: 'exists' | 'version'; readonly path: string };

export type WhereOp = '==' | '<' | '<=' | '>' | '>=' | 'in' | 'array-contains';
/** Field names may be dotted paths into the document ("trigger.kind"). */
export type Where = readonly [field: string, op: WhereOp, value: JsonPrimitive | readonly JsonPrimitive[]];

export type Query = {
  /** A collection path (`organizations/o1/executions`) or, with `group: true`, a collection group id (`branches`). */
  readonly collection: string;
  readonly group?: boolean;
  readonly where?: readonly Where[];
  /**
   * Documents that lack an ordered field are left out, as in Firestore (arrays and objects count as lacking). Ties are broken by path,
   * in the direction of the last field. Default: the field of the first inequality ascending, else the path alone.
   */
  readonly orderBy?: readonly (readonly [field: string, direction: 'asc' | 'desc'])[];
  readonly limit?: number;
  /** Continue after the row with these orderBy values and this path. */
  readonly startAfter?: { readonly values: readonly JsonPrimitive[]; readonly path: string };
};

export type WatchSince = {
  readonly field: string;
  readonly value: string;
  /** Where the field's values begin with whose they are: what is of no concern any more. */
  readonly below?: string;
  /** What is watched is a collection group (`branches`). */
  readonly group?: boolean;
};

/** Billable operations since the store was opened. A query counts one read per returned document, at least one. */
export type StoreStats = { readonly reads: number; readonly writes: number; readonly deletes: number; readonly commits: number };

export interface DocumentStore {
  get(path: string): Promise<Snapshot | null>;
  /** Same order as asked; absent documents are null. */
  getAll(paths: readonly string[]): Promise<readonly (Snapshot | null)[]>;
  /** At most 500 writes, at most one per path. */
  commit(writes: readonly Write[]): Promise<CommitResult>;
  query(query: Query): Promise<readonly Snapshot[]>;
  count(query: Query): Promise<number>;
  /**
   * Calls back after each change of a document directly in `collection` (a collection path) or of the one document at `collection`
   * (a document path); `null` data means deleted. Changes may be coalesced; each listener sees versions of one document in order.
   *
   * `since`, of a collection: what concerns the listener has in `field` (indexed, only ever growing) this value or a higher one. A store
   * that bills what it looks at looks at no more (up to `below`); of others the listener may hear all the same.
   */
  watch(
    path: string,
    listener: (change: { readonly path: string; readonly snapshot: Snapshot | null }) => void,
    since?: WatchSince,
  ): () => void;
  stats(): StoreStats;
}

/** The store did not answer: the operation may or may not have happened. */
export class StoreUnavailable extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'StoreUnavailable';
  }
}

/**
 * Large values (above 32 KiB) live outside documents. A blob is immutable and written before the commit that refers to it; one that no
 * document refers to is garbage. Keys are slash-separated, made by the caller, unguessable where that matters.
 */
export interface Blobs {
  /** Durable (fsync'd) when it resolves. Writing the same key again with the same bytes is allowed. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** null when absent. */
  get(key: string): Promise<Uint8Array | null>;
  /** Deletes every blob whose key starts with `prefix` (which ends in a slash). Returns bytes freed. */
  deletePrefix(prefix: string): Promise<number>;
}

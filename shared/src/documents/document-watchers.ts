/**
 * Fan-out of document changes to watchers, for stores that see every write themselves. Changes are delivered in commit order, in a
 * later microtask, never from inside a commit; a listener that throws does not keep the others from hearing.
 */
import type { Snapshot, WatchSince } from '../ports/document-store.ts';
import { collectionOf, groupOf } from './document-path.ts';

export type Change = { readonly path: string; readonly snapshot: Snapshot | null };
export type Listener = (change: Change) => void;

export type Watchers = {
  /** A collection path hears the documents directly in it, a document path that document, a group all of its documents. */
  add(path: string, listener: Listener, since?: Pick<WatchSince, 'group'>): () => void;
  /** True when somebody would hear of this document, so that a change need not be built for nobody. */
  wants(path: string): boolean;
  deliver(changes: readonly Change[]): void;
};

/** No path begins so. */
const groupKey = (group: string): string => `/${group}`;

export function createWatchers(): Watchers {
  const listeners = new Map<string, Set<Listener>>();

  const hear = (change: Change): void => {
    for (const key of [change.path, collectionOf(change.path), groupKey(groupOf(change.path))]) {
      for (const listener of listeners.get(key) ?? []) {
        try {
          listener(change);
        } catch (error) {
          // a listener's mistake surfaces as an uncaught error, as from any event handler, but not in here
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    }
  };

  return {
    add(path, listener, since) {
      const key = since?.group === true ? groupKey(path) : path;
      const set = listeners.get(key) ?? new Set();
      // wrapped: the same function may watch twice and stop once
      const own: Listener = (change) => listener(change);
      set.add(own);
      listeners.set(key, set);
      return () => {
        set.delete(own);
        if (set.size === 0 && listeners.get(key) === set) listeners.delete(key);
      };
    },
    wants: (path) =>
      listeners.size > 0 && (listeners.has(path) || listeners.has(collectionOf(path)) || listeners.has(groupKey(groupOf(path)))),
    deliver(changes) {
      if (changes.length > 0) queueMicrotask(() => changes.forEach(hear));
    },
  };
}

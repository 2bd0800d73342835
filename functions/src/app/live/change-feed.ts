/**
 * The changes of an organization's collections as they come, for all its followers in this process: one watch of the store. It keeps nothing
 * for anybody but the instants of the last changes, so that a write that changed nothing to see is not passed on.
 */
import { toInstant } from '@automateos/shared/model/instant';
import type { App } from '../app-context.ts';
import type { Changed, ChangeSource } from './change-source.ts';
import type { Share } from './shares.ts';

/** Things whose last instant is remembered. */
const remembered = 5_000;
/** Changes committed this long after the instant they carry are heard of. */
const lateMs = 60_000;

export type ChangeFeed = Share & {
  /** Not told of what was before. */
  listen(listener: (changed: Changed) => void): () => void;
};

/** Of values that begin with whose they are. */
export function between(prefix: string, value: string): { readonly value: string; readonly below: string } {
  return { value: `${prefix}${value}`, below: `${prefix}~` };
}

export function openFeed(app: App, source: ChangeSource): ChangeFeed {
  const listeners = new Set<(changed: Changed) => void>();
  const last = new Map<string, number>();

  function pass(changed: Changed): void {
    const before = last.get(changed.path);
    if (before !== undefined && before >= changed.at) return;
    last.delete(changed.path); // to the end: the oldest goes first
    last.set(changed.path, changed.at);
    const [oldest] = last.keys();
    if (last.size > remembered && oldest !== undefined) last.delete(oldest);
    for (const listener of listeners) listener(changed);
  }

  const value = toInstant(app.clock.now() - lateMs);
  const stops = source.collections.map(({ path, group, field, changed }) =>
    app.store.watch(
      path,
      ({ snapshot }) => {
        // what is gone is told by the collection that says so
        const news = snapshot === null ? null : changed(app, snapshot);
        if (news !== null) pass(news);
      },
      group === undefined ? { field, value } : { field, ...between(group.prefix, value), group: true },
    ),
  );
  return {
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}

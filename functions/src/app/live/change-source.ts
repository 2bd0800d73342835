/** What a stream of an organization's changes is made of: collections whose documents carry the instant of their last change. */
import type { LiveEvent } from '@automateos/shared/model/live-event';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import type { Told } from './change-cursor.ts';

/** A thing in a new state. Presented once, for all who are told. */
export type Changed = Told & { event(): Promise<LiveEvent> };

export type WatchedCollection = {
  readonly path: string;
  /** The instant of the last change; indexed, and growing with each change of a document. */
  readonly field: string;
  /** null for what is nothing to tell. */
  changed(app: App, row: Snapshot): Changed | null;
};

export type ChangeSource = {
  /** Names the shared feed. */
  readonly key: string;
  readonly collections: readonly WatchedCollection[];
};

/** `event` is worked out with the first who asks. */
export function change(key: string, at: string, event: () => LiveEvent | Promise<LiveEvent>): Changed {
  let presented: Promise<LiveEvent> | null = null;
  return {
    key,
    at: Date.parse(at),
    event() {
      presented ??= (async () => event())();
      return presented;
    },
  };
}

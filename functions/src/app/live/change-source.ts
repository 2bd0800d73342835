/** What a stream of an organization's changes is made of: collections whose documents carry the instant of their last change. */
import type { LiveEvent } from '@automateos/shared/model/live-event';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import type { Told } from './change-cursor.ts';

/** A thing in a new state. Presented once, for all who are told. */
export type Changed = Told & {
  /** The document that changed. */
  readonly path: string;
  /** Its document says that it may have another state, of which its own instant says nothing: told where the state is another. */
  readonly isHint: boolean;
  /** null where there is nothing to tell any more. */
  event(): Promise<LiveEvent | null>;
};

export type WatchedCollection = {
  /** Of a collection; of a group of them its name, and what its field's values begin with. */
  readonly path: string;
  readonly group?: { readonly prefix: string };
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

type Present = () => LiveEvent | null | Promise<LiveEvent | null>;
type About = { readonly twin?: string; readonly path?: string; readonly isHint?: boolean };

/** `event` is worked out with the first who asks. */
export function change(key: string, at: string, event: Present, { twin, path = key, isHint = false }: About = {}): Changed {
  let presented: Promise<LiveEvent | null> | null = null;
  return {
    ...{ key, twin, path, isHint },
    at: Date.parse(at),
    event() {
      presented ??= (async () => event())();
      return presented;
    },
  };
}

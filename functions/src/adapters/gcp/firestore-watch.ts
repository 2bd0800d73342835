/**
 * Watching, by the high-level client's listeners, which resume by themselves after an outage. The client is loaded on first use: only who
 * follows an execution watches. Watchers of one path share one listener, which Firestore bills by the documents it tells of.
 *
 * Firestore begins with what is there; a watcher is told of what changes. So of the first state only those documents are passed on that are
 * newer than the latest instant that the service had told this store of when the watch began: they changed while the listener was on its way.
 *
 * A watch `since` a field's value listens to a query, so that a large collection is not read whole. The client keeps all that a listener has
 * told in memory: after some thousands it is replaced by one that begins later.
 */

import { isDocumentPath } from '@automateos/shared/documents/document-path';
import { type Change, createWatchers, type Listener, type Watchers } from '@automateos/shared/documents/document-watchers';
import type { WatchSince } from '@automateos/shared/ports/document-store';
import type { Logger } from '@automateos/shared/ports/logger';
import type { DocumentSnapshot, Firestore } from '@google-cloud/firestore';
import { decodeDocument } from './firestore-document.ts';
import { ownFields } from './firestore-index-file.ts';
import { escapePath, fieldPath, unescapePath } from './firestore-names.ts';
import { toVersion } from './firestore-rpc.ts';
import { onFirstUse } from './grpc-client.ts';

export type FirestoreWatchOptions = {
  readonly projectId: string;
  readonly databaseId: string;
  readonly emulatorHost?: string | undefined;
  readonly logger?: Logger | undefined;
  /** See above. */
  readonly latest: () => string;
  /** Told of documents that listeners were sent. */
  readonly heard: (documents: number) => void;
};

export type FirestoreWatch = {
  add(path: string, listener: Listener, since?: WatchSince): () => void;
  close(): Promise<void>;
};

/** The client goes on by itself after what passes; what ends a listener (a right taken away) may be mended meanwhile. */
const listenAgainMs = 5_000;
/** Documents that a listener of a query has told before a later one takes its place. */
const replaceAfter = 2_000;

type Watched = { readonly watchers: Watchers; readonly stop: () => void; count: number };

export function createFirestoreWatch(options: FirestoreWatchOptions): FirestoreWatch {
  const client = onFirstUse(async () => {
    const firestore = await openFirestore(options);
    return { firestore, close: () => firestore.terminate() };
  });
  const byPath = new Map<string, Watched>();
  const load = async (): Promise<Firestore> => (await client.get()).firestore;

  return {
    add(path, listener, since) {
      const key = since === undefined ? path : `${path}?${since.field}<${since.below ?? ''}`;
      const watched = byPath.get(key) ?? begin(path, since ?? null, load, options);
      byPath.set(key, watched);
      watched.count += 1;
      const remove = watched.watchers.add(path, listener, since);
      let over = false;
      return () => {
        if (over) return;
        over = true;
        remove();
        watched.count -= 1;
        if (watched.count > 0) return;
        watched.stop();
        if (byPath.get(key) === watched) byPath.delete(key);
      };
    },
    async close() {
      for (const { stop } of byPath.values()) stop();
      byPath.clear();
      await client.close();
    },
  };
}

function begin(path: string, query: WatchSince | null, load: () => Promise<Firestore>, options: FirestoreWatchOptions): Watched {
  const watchers = createWatchers();
  let since = options.latest();
  let from = query;
  /** The highest value when half as many were told. */
  let next = query;
  let told = 0;
  let stopped = false;
  let unlisten = (): void => {};
  let timer: NodeJS.Timeout | undefined;
  const failed = (error: unknown): void => {
    if (stopped) return;
    options.logger?.warn('watch-failed', { path, reason: error instanceof Error ? error.message : String(error) });
    timer = setTimeout(listen, listenAgainMs);
  };
  const deliver = (changes: readonly Change[], documents: number): void => {
    options.heard(documents);
    if (stopped) return;
    watchers.deliver(changes);
    if (query === null) return;
    for (const { snapshot } of changes) if (snapshot !== null && snapshot.version > since) since = snapshot.version;
    told += documents;
    if (told < replaceAfter) return;
    told = 0;
    from = next;
    next = { ...query, value: highest(changes, query.field, next?.value ?? query.value) };
    unlisten();
    listen();
  };
  const listen = (): void => {
    load().then((firestore) => {
      if (!stopped) unlisten = listenTo(firestore, path, { since, from, deliver, failed });
    }, failed);
  };
  listen();
  const stop = (): void => {
    stopped = true;
    clearTimeout(timer);
    unlisten();
  };
  return { watchers, stop, count: 0 };
}

function highest(changes: readonly Change[], field: string, floor: string): string {
  const values = changes.map(({ snapshot }) => snapshot?.data[field]).filter((value) => typeof value === 'string');
  return [floor, ...values].reduce((most, value) => (value > most ? value : most));
}

type Hearing = {
  readonly since: string;
  readonly from: WatchSince | null;
  readonly deliver: (changes: readonly Change[], documents: number) => void;
  readonly failed: (error: Error) => void;
};

function listenTo(firestore: Firestore, path: string, { since: latest, from, deliver, failed }: Hearing): () => void {
  let isFirst = true;
  const isNews = ({ snapshot }: Change): boolean => !isFirst || (snapshot !== null && snapshot.version > latest);
  const pass = (changes: readonly Change[]): void => {
    deliver(changes.filter(isNews), Math.max(1, changes.length));
    isFirst = false;
  };
  if (from?.group !== true && isDocumentPath(path)) {
    return firestore.doc(escapePath(path)).onSnapshot((snapshot) => pass([toChange(snapshot)]), failed);
  }
  const collection = from?.group === true ? firestore.collectionGroup(path) : firestore.collection(escapePath(path));
  const since = from === null ? collection : collection.where(fieldPath(from.field), '>=', from.value);
  const query = from?.below === undefined ? since : since.where(fieldPath(from.field), '<', from.below);
  return query.onSnapshot((snapshot) => {
    pass(
      snapshot.docChanges().map(({ type, doc }) => (type === 'removed' ? { ...toChange(doc), snapshot: null } : toChange(doc))),
    );
  }, failed);
}

function toChange(snapshot: DocumentSnapshot): Change {
  const path = unescapePath(snapshot.ref.path);
  if (!snapshot.exists) return { path, snapshot: null };
  const { updateTime } = snapshot;
  const version = toVersion(updateTime && { seconds: updateTime.seconds, nanos: updateTime.nanoseconds });
  const fields = { [ownFields.json]: { stringValue: String(snapshot.get(ownFields.json)) } };
  return { path, snapshot: { path, version, data: decodeDocument(path, fields) } };
}

async function openFirestore({ projectId, databaseId, emulatorHost }: FirestoreWatchOptions): Promise<Firestore> {
  const { default: firestore } = await import('@google-cloud/firestore');
  if (emulatorHost === undefined) return new firestore.Firestore({ projectId, databaseId });
  const customHeaders = { Authorization: 'Bearer owner' };
  return new firestore.Firestore({ projectId, databaseId, host: emulatorHost, ssl: false, customHeaders });
}

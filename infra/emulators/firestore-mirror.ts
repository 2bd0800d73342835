/**
 * What the Firestore emulator holds, told by Firestore's own client past the code that is on trial: for tests that look at everything at
 * once. Names and fields are as they are stored.
 */
import { Firestore, type QueryDocumentSnapshot } from '@google-cloud/firestore';

export type MirroredDocument = {
  /** `organizations/o1/executions/e1`, as Firestore names it. */
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

export type FirestoreMirror = {
  /** Tells of every document of a collection group, as it is and after each change; resolves when all that is there was told. */
  listen(group: string, told: (document: MirroredDocument) => void): Promise<void>;
  /** All documents of a collection group, as they are now. */
  read(group: string): Promise<readonly MirroredDocument[]>;
  stop(): Promise<void>;
};

export type FirestoreMirrorOptions = {
  /** `host:port` of the emulator. */
  readonly emulator: string;
  readonly projectId: string;
};

export function createFirestoreMirror({ emulator, projectId }: FirestoreMirrorOptions): FirestoreMirror {
  // "owner" is the emulator's word for whoever may do anything
  const database = new Firestore({ projectId, host: emulator, ssl: false, customHeaders: { Authorization: 'Bearer owner' } });
  const stops: (() => void)[] = [];
  const present = (document: QueryDocumentSnapshot): MirroredDocument => ({ name: document.ref.path, fields: document.data() });

  return {
    listen(group, told) {
      return new Promise((resolve, reject) => {
        const stop = database.collectionGroup(group).onSnapshot((snapshot) => {
          for (const { type, doc } of snapshot.docChanges()) if (type !== 'removed') told(present(doc));
          resolve();
        }, reject);
        stops.push(stop);
      });
    },
    async read(group) {
      const found: MirroredDocument[] = [];
      // streamed: an answer in one piece has its limits
      const stream = database.collectionGroup(group).stream() as AsyncIterable<QueryDocumentSnapshot>; // of query snapshots
      for await (const document of stream) found.push(present(document));
      return found;
    },
    async stop() {
      for (const stop of stops) stop();
      await database.terminate();
    },
  };
}

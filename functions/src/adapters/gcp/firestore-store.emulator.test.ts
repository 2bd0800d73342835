import { describeDocumentStore } from '@automateos/shared/testing/document-store.conformance';
import { afterAll, beforeAll } from 'vitest';
import { type FirestoreEmulator, startFirestoreEmulator } from '../../../../infra/emulators/firestore-emulator.ts';
import { FirestoreIndexFile } from './firestore-index-file.ts';
import { createFirestoreStore, type FirestoreStore } from './firestore-store.ts';

let emulator: FirestoreEmulator;
beforeAll(async () => {
  emulator = await startFirestoreEmulator();
});
afterAll(() => emulator.stop());

/** What the conformance suite asks for, and no more. */
const fields = [
  ...['status', 'startedAt', 'n', 'v', 'size', 'parent', 'flag', 'name', 'absent', 'trigger.kind', 'trigger.kind.length'],
  ...['valueOf', '__proto__.toString', 'constructor.name'],
];
const both = (scope: 'COLLECTION' | 'COLLECTION_GROUP') =>
  (['ASCENDING', 'DESCENDING'] as const).map((order) => ({ order, queryScope: scope }));
const composite = (...named: [fieldPath: string, order: 'ASCENDING' | 'DESCENDING'][]) => ({
  collectionGroup: 'executions',
  queryScope: 'COLLECTION' as const,
  fields: named.map(([fieldPath, order]) => ({ fieldPath, order })),
});
const suiteIndexes = FirestoreIndexFile.parse({
  indexes: [
    composite(['status', 'ASCENDING'], ['startedAt', 'ASCENDING']),
    composite(['status', 'ASCENDING'], ['startedAt', 'DESCENDING']),
    composite(['status', 'DESCENDING'], ['startedAt', 'DESCENDING']),
    composite(['status', 'ASCENDING'], ['size', 'ASCENDING']),
  ],
  fieldOverrides: [
    ...fields.map((fieldPath) => ({ collectionGroup: 'executions', fieldPath, indexes: both('COLLECTION') })),
    { collectionGroup: 'executions', fieldPath: 'startedAt', indexes: both('COLLECTION_GROUP') },
    { collectionGroup: 'branches', fieldPath: 'due', indexes: both('COLLECTION_GROUP') },
    ...['tags', 'status'].map((fieldPath) => ({
      ...{ collectionGroup: 'executions', fieldPath },
      indexes: [{ arrayConfig: 'CONTAINS' as const, queryScope: 'COLLECTION' as const }],
    })),
  ],
});

let projects = 0;
/** Each in a project of its own, which the emulator makes up: no test sees another's documents. */
function open(indexes = suiteIndexes): FirestoreStore {
  projects += 1;
  const projectId = `demo-store-${projects}`;
  return createFirestoreStore({ projectId, databaseId: '(default)', indexes, emulatorHost: emulator.host });
}

describeDocumentStore('Firestore', () => {
  const store = open();
  return { store, close: () => store.close() };
});

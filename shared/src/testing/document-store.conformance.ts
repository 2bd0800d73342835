/**
 * What every DocumentStore must do, run on the fake, on SQLite and on the Firestore emulator. `open` gives an empty store for each test.
 */
import { afterEach, beforeEach, describe } from 'vitest';
import type { DocumentStore } from '../ports/document-store.ts';
import { describeHostileInput, describeRefusals } from './document-store/hostile-input.ts';
import { describePaging, describeQueries } from './document-store/queries.ts';
import { describeWatch } from './document-store/watching.ts';
import { describeConcurrency, describeWrites } from './document-store/writes.ts';

export type StoreUnderTest = { readonly store: DocumentStore; close(): Promise<void> };

export function describeDocumentStore(name: string, open: () => Promise<StoreUnderTest> | StoreUnderTest): void {
  describe(`${name} as a DocumentStore`, () => {
    let under: StoreUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());
    const store = (): DocumentStore => under.store;
    describeWrites(store);
    describeRefusals(store);
    describeHostileInput(store);
    describeQueries(store);
    describePaging(store);
    describeWatch(store);
    describeConcurrency(store);
  });
}

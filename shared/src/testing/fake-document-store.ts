/** The DocumentStore of tests: the one in memory. */
import { createMemoryDocumentStore, type MemoryDocumentStore } from '../documents/memory-document-store.ts';

export type FakeDocumentStore = MemoryDocumentStore;

export const createFakeDocumentStore = (): FakeDocumentStore => createMemoryDocumentStore();

/** Blobs of tests: those in memory. */
import { createMemoryBlobs, type MemoryBlobs } from '../documents/memory-blobs.ts';

export type FakeBlobs = MemoryBlobs;

export const createFakeBlobs = (): FakeBlobs => createMemoryBlobs();

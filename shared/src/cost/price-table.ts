/**
 * List prices of Google Cloud in US dollars, as data with sources. A change of prices is a new version here; executions keep counts, so
 * old ones can be priced by any version. What the table leaves out on purpose: free tiers (they belong to an account, not to an execution),
 * discounts, taxes, network egress, logs.
 *
 * Read on 2026-11-28 from stored copies of the pages named. Firestore: Standard edition. Cloud Run functions: request-based billing, tier 1
 * regions (us-central1 and europe-west1 are such). Multi-regions are those of Firestore: everything else runs and is priced in one region.
 */
import { z } from 'zod';

export const Price = z.object({
  usd: z.number().positive(),
  /** What `usd` buys: 0.09 per 100,000 document writes. */
  per: z.number().positive(),
  source: z.url(),
});
export type Price = z.infer<typeof Price>;

const Location = z.object({
  kind: z.enum(['region', 'multi-region']),
  name: z.string(),
  documentWrites: Price,
  documentReads: Price,
  documentDeletes: Price,
  /** Per byte and month. */
  documentBytes: Price,
});

export const PriceTable = z.object({
  version: z.int().min(1),
  date: z.iso.date(),
  currency: z.literal('USD'),
  /** Firestore's locations. */
  locations: z.record(z.string(), Location),
  /** Per byte of throughput, publishing and delivering alike. */
  pubsubBytes: Price,
  /** Each request counts as this many bytes at least. */
  pubsubLeastBytes: z.int(),
  taskOperations: Price,
  requests: Price,
  vcpuSeconds: Price,
  gibSeconds: Price,
  schedulerJobMonths: Price,
  blobWrites: Price,
  blobReads: Price,
  /** Per byte and month. */
  blobBytes: Price,
  keyOperations: Price,
  keyVersionMonths: Price,
});
export type PriceTable = z.infer<typeof PriceTable>;

const gib = 2 ** 30;
const firestore = 'https://cloud.google.com/firestore/pricing';
const run = 'https://cloud.google.com/run/pricing';
const storage = 'https://cloud.google.com/storage/pricing';
const kms = 'https://cloud.google.com/kms/pricing';

function firestoreAt(
  kind: 'region' | 'multi-region',
  name: string,
  usd: { write: number; read: number; remove: number; gib: number },
) {
  return {
    ...{ kind, name },
    documentWrites: { usd: usd.write, per: 100_000, source: firestore },
    documentReads: { usd: usd.read, per: 100_000, source: firestore },
    documentDeletes: { usd: usd.remove, per: 100_000, source: firestore },
    documentBytes: { usd: usd.gib, per: gib, source: firestore },
  };
}

const multiRegion = { write: 0.18, read: 0.06, remove: 0.02, gib: 0.18 };

export const priceTable: PriceTable = {
  version: 1,
  date: '2026-11-28',
  currency: 'USD',
  locations: {
    'us-central1': firestoreAt('region', 'Iowa', { write: 0.09, read: 0.03, remove: 0.01, gib: 0.15 }),
    nam5: firestoreAt('multi-region', 'United States', multiRegion),
    eur3: firestoreAt('multi-region', 'Europe', multiRegion),
  },
  pubsubBytes: { usd: 40, per: 2 ** 40, source: 'https://cloud.google.com/pubsub/pricing' },
  pubsubLeastBytes: 1_000,
  taskOperations: { usd: 0.4, per: 1_000_000, source: 'https://cloud.google.com/tasks/pricing' },
  requests: { usd: 0.4, per: 1_000_000, source: run },
  vcpuSeconds: { usd: 0.000024, per: 1, source: run },
  gibSeconds: { usd: 0.0000025, per: 1, source: run },
  schedulerJobMonths: { usd: 0.1, per: 1, source: 'https://cloud.google.com/scheduler/pricing' },
  blobWrites: { usd: 0.005, per: 1_000, source: storage },
  blobReads: { usd: 0.0004, per: 1_000, source: storage },
  blobBytes: { usd: 0.02, per: gib, source: storage },
  keyOperations: { usd: 0.03, per: 10_000, source: kms },
  keyVersionMonths: { usd: 0.06, per: 1, source: kms },
};

/** The single region in which figures are quoted. */
export const namedRegion = 'us-central1';

/** Where Firestore has a price in the table; elsewhere figures are those of the named region, and say so. */
export function knownLocation(table: PriceTable, location: string): string {
  return Object.hasOwn(table.locations, location) ? location : namedRegion;
}

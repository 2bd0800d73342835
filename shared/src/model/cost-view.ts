/**
 * Money as clients see it: whole micro-dollars (1 USD = 1,000,000). The total is the exact sum rounded half up; items are rounded down and
 * what is then missing goes to those with the largest remainders, so that items always add up to their total.
 */
import { z } from 'zod';

export const CostItemName = z.enum([
  'documentWrites',
  'documentReads',
  'documentDeletes',
  'documentBytes',
  'publishes',
  'tasks',
  'invocations',
  'vcpuMs',
  'memoryMibMs',
  'blobWrites',
  'blobReads',
  'blobBytes',
  'keyOperations',
]);
export type CostItemName = z.infer<typeof CostItemName>;

export const CostItem = z.object({ quantity: z.int(), microUsd: z.int() });
export type CostItem = z.infer<typeof CostItem>;

/** `billed`: what ran in the cloud, at list prices. `cloud-estimate`: ran elsewhere, where nothing is billed; what the cloud would charge. */
export const CostBasis = z.enum(['billed', 'cloud-estimate']);
export type CostBasis = z.infer<typeof CostBasis>;

export const CostBreakdown = z.object({
  microUsd: z.int(),
  basis: CostBasis,
  /** Where Firestore is priced: a region or a multi-region. */
  location: z.string(),
  /** Version of the price table. */
  priceTable: z.int(),
  /** Only what was used. Storage is priced for as long as the workflow keeps its executions. */
  items: z.partialRecord(CostItemName, CostItem),
});
export type CostBreakdown = z.infer<typeof CostBreakdown>;

/**
 * Usage to money. Inside, amounts are nano-dollars with fractions, so that a read (300) or a millisecond of memory (0.002 per MiB) does not
 * vanish; only `roundCost` makes whole micro-dollars, at the very end.
 */
import type { CostBasis, CostBreakdown, CostItem, CostItemName } from '../model/cost-view.ts';
import { knownLocation, type Price, type PriceTable } from './price-table.ts';
import type { Counts } from './usage-counts.ts';

export type PricedItem = { readonly name: CostItemName; readonly quantity: number; readonly nanoUsd: number };

/** What stays after the work is done, priced for `months`. */
export type Kept = { readonly documentBytes: number; readonly months: number };

export const nothingKept: Kept = { documentBytes: 0, months: 0 };

export type PriceOptions = { readonly table: PriceTable; readonly location: string };

export function nanoUsdOf(price: Price, quantity: number): number {
  return (price.usd * 1e9 * quantity) / price.per;
}

/** Only what was used. Bytes are priced for the time they are kept; of documents that are created, the delete to come is included. */
export function priceUsage(counts: Counts, kept: Kept, { table, location }: PriceOptions): readonly PricedItem[] {
  const place = table.locations[knownLocation(table, location)];
  if (!place) throw new RangeError(`The price table has no location ${location}`);
  // a message is published and delivered, and counts as the least at least: ours have some 200 bytes
  const messageBytes = counts.p * 2 * table.pubsubLeastBytes;
  const items: PricedItem[] = [];
  const add = (name: CostItemName, quantity: number, nanoUsd: number): void => {
    if (quantity > 0) items.push({ name, quantity, nanoUsd });
  };
  add('documentWrites', counts.w, nanoUsdOf(place.documentWrites, counts.w));
  add('documentReads', counts.r, nanoUsdOf(place.documentReads, counts.r));
  add('documentDeletes', counts.d + counts.n, nanoUsdOf(place.documentDeletes, counts.d + counts.n));
  add('documentBytes', kept.documentBytes, nanoUsdOf(place.documentBytes, kept.documentBytes * kept.months));
  add('publishes', counts.p, nanoUsdOf(table.pubsubBytes, messageBytes));
  // created, and delivered
  add('tasks', counts.t, nanoUsdOf(table.taskOperations, counts.t * 2));
  add('invocations', counts.i, nanoUsdOf(table.requests, counts.i));
  add('vcpuMs', counts.c / 1e3, nanoUsdOf(table.vcpuSeconds, counts.c / 1e6));
  add('memoryMibMs', counts.m, nanoUsdOf(table.gibSeconds, counts.m / 1024 / 1e3));
  add('blobWrites', counts.ba, nanoUsdOf(table.blobWrites, counts.ba));
  add('blobReads', counts.bg, nanoUsdOf(table.blobReads, counts.bg));
  add('blobBytes', counts.bb, nanoUsdOf(table.blobBytes, counts.bb * kept.months));
  add('keyOperations', counts.k, nanoUsdOf(table.keyOperations, counts.k));
  return items;
}

export function totalNanoUsd(items: readonly PricedItem[]): number {
  return items.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0);
}

/** The rule is that of the model (cost-view.ts): the total half up, items by largest remainder. */
export function roundCost(items: readonly PricedItem[], basis: CostBasis, { table, location }: PriceOptions): CostBreakdown {
  const microUsd = Math.round(totalNanoUsd(items) / 1e3);
  const floors = items.map(({ nanoUsd }) => Math.floor(nanoUsd / 1e3));
  let missing = microUsd - floors.reduce((sum, floor) => sum + floor, 0);
  const byRemainder = items
    .map(({ nanoUsd }, index) => ({ index, remainder: nanoUsd / 1e3 - (floors[index] ?? 0) }))
    .sort((a, b) => b.remainder - a.remainder);
  for (const { index } of byRemainder) {
    if (missing <= 0) break;
    floors[index] = (floors[index] ?? 0) + 1;
    missing -= 1;
  }
  const rounded: Partial<Record<CostItemName, CostItem>> = {};
  for (const [index, { name, quantity }] of items.entries()) {
    rounded[name] = { quantity: Math.round(quantity), microUsd: floors[index] ?? 0 };
  }
  return { microUsd, basis, location: knownLocation(table, location), priceTable: table.version, items: rounded };
}

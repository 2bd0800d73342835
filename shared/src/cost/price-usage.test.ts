import { describe, expect, it } from 'vitest';
import { knownLocation, namedRegion, PriceTable, priceTable } from './price-table.ts';
import { nanoUsdOf, nothingKept, priceUsage, roundCost, totalNanoUsd } from './price-usage.ts';
import { newCounts, raiseTo, sumUsage, toUsage } from './usage-counts.ts';

const options = { table: priceTable, location: namedRegion };
const cost = (usage: Parameters<typeof raiseTo>[1], kept = nothingKept) =>
  roundCost(priceUsage(sumUsage([usage]), kept, options), 'billed', options);

describe('the price table', () => {
  it('is data that its own schema accepts, each price with its source', () => {
    expect(PriceTable.parse(priceTable)).toEqual(priceTable);
  });

  it('knows the named region and both multi-regions; elsewhere it says whose prices it takes', () => {
    for (const location of ['us-central1', 'nam5', 'eur3']) expect(knownLocation(priceTable, location)).toBe(location);
    expect(knownLocation(priceTable, 'mars-north1')).toBe(namedRegion);
    expect(roundCost([], 'billed', { ...options, location: 'mars-north1' }).location).toBe(namedRegion);
  });
});

describe('the price of usage', () => {
  it('is the list price of each operation', () => {
    const place = priceTable.locations[namedRegion];
    expect(
      place && [place.documentWrites, place.documentReads, place.documentDeletes].map((price) => nanoUsdOf(price, 1)),
    ).toEqual([900, 300, 100]);
    expect(cost({ w: 1_000_000 }).microUsd).toBe(900_000);
    expect(cost({ i: 1_000_000 }).microUsd).toBe(400_000);
    // one vCPU and half a GiB for an hour
    expect(cost({ c: 3_600e6, m: 3_600e3 * 512 }).microUsd).toBe(86_400 + 4_500);
    // a thousand bytes published and delivered
    expect(totalNanoUsd(priceUsage(sumUsage([{ p: 1 }]), nothingKept, options))).toBeCloseTo((2_000 * 40e9) / 2 ** 40, 9);
  });

  it('of storage is for as long as it is kept, and of a created document its delete is part', () => {
    expect(cost({}, { documentBytes: 2 ** 30, months: 2 }).microUsd).toBe(300_000);
    expect(cost({ n: 10 }).items.documentDeletes).toEqual({ quantity: 10, microUsd: 1 });
  });

  it('in a multi-region doubles what Firestore bills and nothing else', () => {
    const at = (location: string) =>
      totalNanoUsd(priceUsage(sumUsage([{ w: 10, r: 3, i: 2 }]), nothingKept, { ...options, location }));
    expect(at('nam5') - 800).toBeCloseTo(2 * (at(namedRegion) - 800), 6);
  });

  it('adds up: items are whole micro-dollars and their sum is the total, however small they are', () => {
    for (let seed = 1; seed < 200; seed += 1) {
      const usage = {
        w: seed % 17,
        r: seed % 5,
        n: seed % 3,
        p: seed % 4,
        i: seed % 6,
        c: seed * 337,
        m: seed * 91,
        k: seed % 2,
      };
      const { microUsd, items } = cost(usage);
      expect(Object.values(items).reduce((sum, item) => sum + item.microUsd, 0)).toBe(microUsd);
      expect(Object.values(items).every((item) => Number.isInteger(item.microUsd) && item.microUsd >= 0)).toBe(true);
    }
  });

  it('a thousand things too small to see each are seen together', () => {
    expect(cost({ p: 1 }).microUsd).toBe(0);
    expect(cost({ p: 1_000 }).microUsd).toBe(73);
  });
});

describe('usage', () => {
  it('is stored without zeros, in whole numbers', () => {
    expect(toUsage({ ...newCounts(), w: 3, c: 12.6, m: 0.2 })).toEqual({ w: 3, c: 13 });
  });

  it('of two accounts of one truth takes the higher of each', () => {
    const counts = { ...newCounts(), w: 3, r: 5 };
    raiseTo(counts, { w: 4, r: 1 });
    expect(toUsage(counts)).toEqual({ w: 4, r: 5 });
  });
});

/** What each count of usage costs, worked out once: for whoever prices at every checkpoint. Without storage, which only time can price. */
import type { Usage } from '../model/usage.ts';
import { nothingKept, type PriceOptions, priceUsage, totalNanoUsd } from './price-usage.ts';
import { type Counts, newCounts } from './usage-counts.ts';

export type CostRates = Readonly<Counts>;

export function costRates(options: PriceOptions): CostRates {
  const rates = newCounts();
  for (const key of Object.keys(rates) as (keyof Counts)[]) {
    rates[key] = totalNanoUsd(priceUsage({ ...newCounts(), [key]: 1 }, nothingKept, options));
  }
  return rates;
}

/** Nano-dollars. */
export function costOfUsage(rates: CostRates, usage: Usage | undefined): number {
  let sum = 0;
  if (usage) for (const key of Object.keys(usage) as (keyof Usage)[]) sum += rates[key] * (usage[key] ?? 0);
  return sum;
}

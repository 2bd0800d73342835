/** By which prices this deployment reckons, and whether anybody bills them. */
import { type CostRates, costRates } from '@automateos/shared/cost/cost-rates';
import { type PriceTable, priceTable } from '@automateos/shared/cost/price-table';
import type { CostBasis } from '@automateos/shared/model/cost-view';

export type Pricing = {
  readonly table: PriceTable;
  /** Of Firestore; where the table does not know it, the named region's prices are used, and answers say so. */
  readonly location: string;
  /** Of this table and location. */
  readonly rates: CostRates;
  readonly basis: CostBasis;
  /** Spend is recorded in amounts of this size (spend.ts), in nano-dollars; null = not at all, and budgets see nothing spent. */
  readonly spendUnitNanoUsd: number | null;
};

/** A tenth of a cent: at most one document more for every thousand micro-dollars spent, and a month's $10 known to one per cent. */
const spendUnitNanoUsd = 1_000_000;

export function pricingAt(location: string, basis: CostBasis): Pricing {
  const rates = costRates({ table: priceTable, location });
  return { table: priceTable, location, rates, basis, spendUnitNanoUsd };
}

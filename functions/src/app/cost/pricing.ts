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
  /** Whether marks of spend are written (spend.ts); without them budgets see nothing spent. */
  readonly recordsSpend: boolean;
};

export function pricingAt(location: string, basis: CostBasis): Pricing {
  const rates = costRates({ table: priceTable, location });
  return { table: priceTable, location, rates, basis, recordsSpend: true };
}

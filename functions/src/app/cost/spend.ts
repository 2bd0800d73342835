/**
 * What was spent, known without a document that every execution writes: systematic sampling. A branch's cost is laid on a ruler that begins
 * at an offset of its own; each time it passes a mark (a cent, or less where a budget is small), the commit that passes it creates one
 * small document more. The number of marks times the unit is what was spent, exactly on average, whatever crashes: the mark is in the very
 * commit. With m marks the error is about 1 / sqrt(m) of the sum: 3 % at ten dollars, 1 % at a hundred, and 3 % at one dollar of a budget
 * below ten. A cent costs a ten-thousandth of itself in marks.
 */
import { costOfUsage } from '@automateos/shared/cost/cost-rates';
import type { Branch } from '@automateos/shared/model/branch';
import type { Execution } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Usage } from '@automateos/shared/model/usage';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';

/** What marks stand for, in micro-dollars: ten, a tenth of a cent, a cent, a dollar. 1.234 dollars are 1 + 23 + 4 documents. */
const weights = [1_000_000, 10_000, 1_000, 10] as const;
export type SpendUnit = 10 | 1_000 | 10_000;
export const usualUnit: SpendUnit = 10_000;
const keptDays = 400;

/** How a mark is found: by its day, its month, its workflow and month; each with its weight. */
export type SpendField = 'day' | 'month' | 'flow';

export type SpendCommit = {
  readonly execution: Pick<Execution, 'workflowId' | 'spendUnit'>;
  /** As it is stored so far. */
  readonly branch: Pick<Branch, 'org' | 'executionId' | 'id' | 'usage'>;
  /** What this commit stores. */
  readonly after: Usage;
  /** Writes that the commit has room for; marks beyond are lost, which only a huge fork that costs dollars would see. */
  readonly room: number;
};

/** Nothing, nearly always. */
export function spendWrites(app: App, { execution, branch, after, room }: SpendCommit): readonly Write[] {
  const { recordsSpend, rates } = app.pricing;
  if (!recordsSpend) return [];
  const unit = execution.spendUnit ?? usualUnit;
  const unitNanoUsd = unit * 1e3;
  const offset = fractionOf(`${branch.executionId}/${branch.id}`) * unitNanoUsd;
  const marks = (usage: Usage | undefined): number => Math.floor((offset + costOfUsage(rates, usage)) / unitNanoUsd);
  let left = (marks(after) - marks(branch.usage)) * unit;
  if (left <= 0) return [];
  const now = toInstant(app.clock.now());
  const expiresAt = toInstant(app.clock.now() + keptDays * 86_400_000);
  const writes: Write[] = [];
  for (const weight of weights) {
    for (; left >= weight && writes.length < room; left -= weight) {
      const [day, month] = [`${now.slice(0, 10)}|${weight}`, `${now.slice(0, 7)}|${weight}`];
      const data = { day, month, flow: `${execution.workflowId}|${month}`, expiresAt };
      writes.push({ kind: 'set', path: paths.spendMark(branch.org, app.ids.make('spd')), data });
    }
  }
  return writes;
}

/** Micro-dollars: of a day (`2026-11-28`), a month (`2026-11`), or a workflow in a month (`{workflowId}|2026-11`). */
export async function spentIn(app: App, org: string, field: SpendField, value: string): Promise<number> {
  const amounts = await Promise.all(
    weights.map(async (weight) => {
      const where = [[field, '==', `${value}|${weight}`]] as const;
      return weight * (await app.store.count({ collection: paths.spend(org), where }));
    }),
  );
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

/** FNV-1a as a fraction of its range: spread evenly enough, the same for the same branch. */
function fractionOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}

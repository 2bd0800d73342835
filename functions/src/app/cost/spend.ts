/**
 * What was spent, known without a document that every execution writes: systematic sampling. A branch's cost is laid on a ruler that begins
 * at an offset of its own; each time it passes a mark (one unit, a tenth of a cent), the commit that passes it creates one small document more.
 * The number of marks times the unit is what was spent, exactly on average, whatever crashes: the mark is in the very commit. With m marks
 * the error is about 1 / sqrt(m) of the sum (3 % at one dollar, 1 % at ten). A thousand micro-dollars cost less than one in marks.
 */
import { costOfUsage } from '@automateos/shared/cost/cost-rates';
import type { Branch } from '@automateos/shared/model/branch';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Usage } from '@automateos/shared/model/usage';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';

/** A commit that passes many marks writes few documents: 1,234 marks are 12 + 3 + 4. */
const weights = [100, 10, 1] as const;
const keptDays = 400;

/** How a document of spend is found: by its day, its month, its workflow and month; each with its weight. */
export type SpendField = 'day' | 'month' | 'flow';

/** Creates nothing, nearly always. `branch` as it is stored so far, `after`: what this commit stores. */
export function spendWrites(app: App, branch: Branch, workflowId: string, after: Usage): readonly Write[] {
  const { spendUnitNanoUsd: unit, rates } = app.pricing;
  if (unit === null) return [];
  const offset = fractionOf(`${branch.executionId}/${branch.id}`) * unit;
  const marks = (usage: Usage | undefined): number => Math.floor((offset + costOfUsage(rates, usage)) / unit);
  let left = marks(after) - marks(branch.usage);
  if (left <= 0) return [];
  const now = toInstant(app.clock.now());
  const expiresAt = toInstant(app.clock.now() + keptDays * 86_400_000);
  const writes: Write[] = [];
  for (const weight of weights) {
    for (; left >= weight; left -= weight) {
      const [day, month] = [`${now.slice(0, 10)}|${weight}`, `${now.slice(0, 7)}|${weight}`];
      const data = { day, month, flow: `${workflowId}|${month}`, expiresAt };
      writes.push({ kind: 'set', path: paths.spendMark(branch.org, app.ids.make('spd')), data });
    }
  }
  return writes;
}

/** Micro-dollars: of a day (`2026-11-28`), a month (`2026-11`), or a workflow in a month (`{workflowId}|2026-11`). */
export async function spentIn(app: App, org: string, field: SpendField, value: string): Promise<number> {
  const counts = await Promise.all(
    weights.map(async (weight) => {
      const where = [[field, '==', `${value}|${weight}`]] as const;
      return weight * (await app.store.count({ collection: paths.spend(org), where }));
    }),
  );
  return Math.round((counts.reduce((sum, count) => sum + count, 0) * (app.pricing.spendUnitNanoUsd ?? 0)) / 1e3);
}

/** FNV-1a as a fraction of its range: spread evenly enough, the same for the same branch. */
function fractionOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}

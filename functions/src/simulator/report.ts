/** What a run says of itself: its numbers, what struck where, and what would make it no pass although nothing failed. */
import type { Summary } from './batch.ts';
import { faultNames, faultTargets, missing, operationKinds } from './faults.ts';

/** Times that every fault must have struck every operation that it can strike. */
const leastHits = 100;
/** Of executions that no user touched: a run in which most fail for crashes proves little. */
const leastForetold = 0.95;

export function summaryLine(summary: Summary, elapsedMs: number): string {
  const { schedules, steps, executions, untouched, asForetold, found } = summary;
  const share = untouched === 0 ? 100 : (100 * asForetold) / untouched;
  return [
    `${schedules} schedules`,
    `${executions} executions`,
    `${steps} steps`,
    `${Math.round(summary.virtualMs / 3_600_000)} virtual hours`,
    `${share.toFixed(2)} % of untouched executions as foretold`,
    `${found.length} violations`,
    `${(elapsedMs / 1_000).toFixed(1)} s`,
  ].join(', ');
}

export function coverageTable({ coverage }: Summary): string {
  const counts = new Map(coverage);
  const shown = operationKinds.filter((kind) => faultNames.some((fault) => isTarget(fault, kind)));
  const cell = (fault: (typeof faultNames)[number], kind: (typeof operationKinds)[number]): string =>
    isTarget(fault, kind) ? String(counts.get(`${fault}/${kind}`) ?? 0) : '';
  const rows = faultNames.map((fault) => [fault, ...shown.map((kind) => cell(fault, kind))]);
  return [['faults that struck', ...shown], ...rows]
    .map(([name = '', ...cells]) => name.padEnd(20) + cells.map((text) => text.padStart(9)).join(''))
    .join('\n');
}

function isTarget(fault: (typeof faultNames)[number], kind: (typeof operationKinds)[number]): boolean {
  return faultTargets[fault].some((target) => target === kind);
}

export function missedTargets(summary: Summary): readonly string[] {
  const rare = missing(new Map(summary.coverage), leastHits).map((key) => `${key} struck fewer than ${leastHits} times`);
  const share = summary.asForetold / Math.max(1, summary.untouched);
  return share < leastForetold ? [...rare, `only ${(100 * share).toFixed(1)} % as foretold`] : rare;
}

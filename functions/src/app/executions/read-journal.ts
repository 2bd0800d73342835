/**
 * Everything an execution has written, as it is right now: its branches, its open loops, and the plan that it runs by. A large one is read in
 * portions (each-branch.ts), and is what it was in the course of that.
 */
import type { Plan } from '@automateos/shared/engine/plan';
import type { Branch } from '@automateos/shared/model/branch';
import type { Execution } from '@automateos/shared/model/execution';
import { Loop } from '@automateos/shared/model/join';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { eachBranch } from '../engine/each-branch.ts';
import { planOf } from '../engine/plan-of.ts';

export type Journal = {
  readonly execution: Execution;
  readonly plan: Plan;
  readonly branches: readonly Branch[];
  readonly loops: readonly Loop[];
};

export async function readJournal(app: App, execution: Execution): Promise<Journal> {
  const { org, id } = execution;
  const plan = await planOf(app, execution);
  const containers = [...plan.nodes.values()].some((node) => node.container !== null);
  const branches: Branch[] = [];
  const [joins] = await Promise.all([
    containers ? app.store.query({ collection: loopsPath(org, id) }) : [],
    eachBranch(app, execution, (branch) => branches.push(branch)),
  ]);
  return { execution, plan, branches, loops: joins.flatMap(loopOf) };
}

/** Joins and loops share a collection. */
export function loopsPath(org: string, executionId: string): string {
  return `${paths.execution(org, executionId)}/joins`;
}

/** Loops are told from joins by their count of lanes. */
export function loopOf(row: Snapshot): readonly Loop[] {
  return 'lanes' in row.data ? [Loop.parse(row.data)] : [];
}

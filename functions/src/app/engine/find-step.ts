/**
 * Finds the finished step of any node that the current position can see: in this journal, in an earlier part of its chain, or in the
 * branch whose id derives from the node's scope and region.
 */
import { planNode, planScope } from '@automateos/shared/engine/plan';
import { containerOf, enclosingScope, partId, scopedId } from '@automateos/shared/engine/scope';
import { Branch, type Step } from '@automateos/shared/model/branch';
import type { JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import { baseId } from './branch-document.ts';
import { owner, type Run, stepKey } from './run.ts';
import { loadStoredValue } from './stored-values.ts';

/** The scope in which `node` runs, seen from `scope`; null when it cannot be seen from there. */
export function scopeOfNode(run: Run, scope: string, node: string): string | null {
  const known = run.plan.nodes.get(node);
  return known ? enclosingScope(scope, known.parent) : null;
}

/** The finished step of `node` in exactly `scope`, or undefined when it was skipped or has not run. */
export async function findStep(run: Run, scope: string, node: string): Promise<Step | undefined> {
  const key = stepKey(scope, node);
  const own = run.steps.get(key);
  if (own && isFinished(own)) return own;
  const known = run.foreign.get(key);
  if (known) return known;
  const id = branchIdOf(run, scope, node);
  await readChain(run, id, id === baseId(run.branch.id) ? run.branch.k : null, key);
  const found = run.foreign.get(key);
  return found;
}

function isFinished(step: Step): boolean {
  return step.status === 'succeeded' || step.handled === true;
}

function branchIdOf(run: Run, scope: string, node: string): string {
  const container = containerOf(scope);
  if (container !== '' && planScope(run.plan, container).local) return baseId(run.branch.id);
  return scopedId(scope, planNode(run.plan, node).exitRegion);
}

/** Reads the parts of a chain until the step is found; of the own chain only those before this part. */
async function readChain(run: Run, id: string, before: number | null, wanted: string): Promise<void> {
  const { org, executionId } = run.branch;
  for (let k = 0; before === null || k < before; k += 1) {
    const snapshot = await run.app.store.get(paths.branch(org, executionId, partId(id, k)));
    if (!snapshot) return;
    const branch = Branch.parse(snapshot.data);
    for (const step of branch.steps) {
      if (isFinished(step)) run.foreign.set(stepKey(step.scope, step.node), step);
    }
    if (run.foreign.has(wanted) || (before === null && branch.status !== 'rolled')) return;
  }
}

/** A step's output, loaded; undefined when it has none. */
export async function outputOf(run: Run, step: Step | undefined): Promise<JsonValue | undefined> {
  if (!step?.output) return undefined;
  if ('v' in step.output) return step.output.v;
  const key = 'blob' in step.output ? step.output.blob : `loop:${step.output.scope}|${step.output.loop}`;
  const known = run.values.get(key);
  if (known !== undefined) return known;
  const value = await loadStoredValue(run.app, owner(run), run.plan, step.output);
  run.values.set(key, value);
  return value;
}

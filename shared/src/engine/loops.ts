/** For-each and while: sizes of packs, and the step that a container leaves when it is over. */
import type { Step } from '../model/branch.ts';
import type { Loop } from '../model/join.ts';
import type { StoredValue } from '../model/stored-value.ts';
import { type Plan, type PlanNode, type PlanScope, planNode } from './plan.ts';

export const defaultConcurrency = 10;
/** Every lane is a document of the commit that enters the for-each. */
export const maxConcurrency = 300;
const longestPack = 50;

/**
 * Items that one branch works off in a row, and how many such branches there are at a time. Bodies of several branches go one by one;
 * bodies that only compute cost microseconds an item, so that a commit per full pack is what they need.
 */
export function sizeLanes(count: number, concurrency: number, body: PlanScope, plan: Plan): { packSize: number; lanes: number } {
  const wanted = Math.max(1, Math.min(concurrency, maxConcurrency));
  const pure = body.nodes.every((id) => planNode(plan, id).effect === 'pure');
  const share = pure ? longestPack : Math.ceil(count / (4 * wanted));
  const packSize = body.local ? Math.max(1, Math.min(longestPack, share)) : 1;
  return { packSize, lanes: Math.min(wanted, Math.ceil(count / packSize)) };
}

/** Edges of the join at which the lanes meet. */
export function loopEdges(loop: Loop): readonly string[] {
  return Array.from({ length: loop.lanes }, (_, lane) => String(lane));
}

/** Takes errors of its body: by collecting them, by a connected error port, or by going on. */
export function catches(container: PlanNode): boolean {
  return container.params.onItemError === 'collect' || container.errorPort || container.onError === 'continue';
}

/** The finished step of a for-each whose lanes have all arrived, or of a container that an error in its body ended. */
export function finishedContainer(plan: Plan, loop: Loop, endedAt: string): Step {
  const node = planNode(plan, loop.node);
  const base = { node: loop.node, scope: loop.scope, attempt: 1, generation: 1, startedAt: loop.startedAt, endedAt };
  if (!loop.failed) {
    const output: StoredValue = { loop: loop.node, scope: loop.scope, count: loop.count };
    return { ...base, status: 'succeeded', port: node.defaultPort, output };
  }
  const failure = loop.failed.failure;
  const port = node.errorPort ? 'error' : node.onError === 'continue' ? node.defaultPort : null;
  return { ...base, status: 'failed', handled: true, failure, port, output: errorOutput(failure, loop.failed.item) };
}

/** What follows an error sees it as this output. */
export function errorOutput(failure: { code: string; message: string; details?: unknown }, item?: number): StoredValue {
  const error = { code: failure.code, message: failure.message };
  return { v: { error: item === undefined ? error : { ...error, item } } };
}

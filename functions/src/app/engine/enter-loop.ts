/** Entering a for-each or a while: the items are evaluated once and stored by page, the shared document and the first lanes created. */
import { defaultConcurrency, sizeLanes } from '@automateos/shared/engine/loops';
import { type PlanNode, planScope } from '@automateos/shared/engine/plan';
import { loopName, scopedId } from '@automateos/shared/engine/scope';
import type { Step } from '@automateos/shared/model/branch';
import { toInstant } from '@automateos/shared/model/instant';
import type { Loop } from '@automateos/shared/model/join';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { inlineLimitBytes } from '@automateos/shared/model/stored-value';
import type { Committed } from './checkpoint.ts';
import { move } from './move.ts';
import { owner, putStep, type Run } from './run.ts';
import { storeValue } from './stored-values.ts';

/** Target size of a page of items, characters of JSON: a lane reads a page to get at its pack. */
const pageSize = 256 * 1024;

export async function enterForEach(run: Run, node: PlanNode, step: Step, params: JsonObject): Promise<Committed> {
  const items: readonly JsonValue[] = Array.isArray(params.items) ? params.items : [];
  if (items.length === 0) {
    const endedAt = toInstant(run.app.clock.now());
    const output = { v: { items: [], errors: [] } };
    return move(run, { kind: 'leave', step: { ...step, status: 'succeeded', endedAt, port: node.defaultPort, output } });
  }
  const concurrency = Number(params.concurrency ?? defaultConcurrency);
  const { packSize, lanes } = sizeLanes(items.length, concurrency, planScope(run.plan, node.id), run.plan);
  const pages = await storePages(run, node, step.scope, items);
  putStep(run, step);
  return move(run, { kind: 'enter', loop: { ...newLoop(run, node, step), count: items.length, packSize, lanes, pages } });
}

export function enterWhile(run: Run, node: PlanNode, step: Step): Promise<Committed> {
  putStep(run, step);
  return move(run, { kind: 'enter', loop: newLoop(run, node, step) });
}

function newLoop(run: Run, node: PlanNode, step: Step): Loop {
  const { org, executionId } = run.branch;
  return {
    id: scopedId(step.scope, loopName(node.id)),
    org,
    executionId,
    scope: step.scope,
    node: node.id,
    count: 0,
    packSize: 1,
    lanes: 1,
    startedAt: step.startedAt,
    pages: [],
    failed: null,
    rev: 0,
  };
}

async function storePages(run: Run, node: PlanNode, scope: string, items: readonly JsonValue[]): Promise<Loop['pages']> {
  const sizes = items.map((item) => JSON.stringify(item).length + 1);
  const pages: Loop['pages'] = [];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const limit = total * 3 <= inlineLimitBytes ? total : pageSize;
  for (let from = 0; from < items.length; ) {
    let to = from;
    for (let size = 0; to < items.length && (to === from || size + (sizes[to] ?? 0) <= limit); to += 1) size += sizes[to] ?? 0;
    const name = `${run.branch.id}.${node.id}@${scope}.${run.claimId}.items.${from}`;
    pages.push({ from, to, items: await storeValue(run.app, owner(run), name, items.slice(from, to)) });
    from = to;
  }
  return pages;
}

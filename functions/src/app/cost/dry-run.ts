/**
 * Walks a plan as the engine would: the same routing (shared/engine/route.ts) over imagined documents, with an imagined worker for every
 * branch. Every step succeeds at its first try, every wait ends as hoped, conditions and lengths of loops are assumed by the caller.
 */
import type { Counts } from '@automateos/shared/cost/usage-counts';
import { defaultConcurrency, sizeLanes } from '@automateos/shared/engine/loops';
import { type Plan, type PlanNode, planNode, planScope } from '@automateos/shared/engine/plan';
import { type Move, route } from '@automateos/shared/engine/route';
import { enclosingScope, loopName, parseScope, scopedId } from '@automateos/shared/engine/scope';
import type { Step } from '@automateos/shared/model/branch';
import type { Loop } from '@automateos/shared/model/join';
import {
  claimHand,
  createDryWorld,
  dryCommit,
  dryOwner,
  findDryStep,
  finishStep,
  type Hand,
  look,
  startHand,
} from './dry-hand.ts';

export type Assumptions = {
  readonly trigger: string;
  readonly journalSteps: number;
  /** Items of a for-each, rounds of a while. */
  readonly lengthOf: (node: PlanNode) => number;
  readonly portOf: (node: PlanNode) => string | null;
  readonly references: (node: PlanNode) => {
    readonly steps: readonly string[];
    readonly vars: boolean;
    readonly constant: boolean;
  };
  readonly variables: number;
  /** Reads that it takes to find a credential, or a called workflow. */
  readonly readsOf: (node: PlanNode) => number;
  /** Steps after which the walk is given up. */
  readonly mostSteps: number;
  readonly breathe: () => Promise<void>;
};

export type DryRun = { readonly counts: Counts; readonly steps: number; readonly effects: number; readonly branches: number };

export class TooLong extends RangeError {}

const startedAt = '1970-01-01T00:00:00.000Z';
const breathSteps = 500;

/** Throws TooLong. */
export async function dryRun(plan: Plan, assume: Assumptions): Promise<DryRun> {
  const world = createDryWorld(plan, assume.journalSteps);
  const { counts } = world;
  counts.i += 1;
  counts.r += 1; // the workflow
  const limited = plan.definition.settings.maxConcurrent !== undefined;
  const start = startHand(world, true);
  if (limited) {
    counts.r += 1;
    dryCommit(start, { status: 'queued', writes: 1 });
  } else await work(start, assume);
  for (let next = world.queue.shift(); next; next = world.queue.shift()) await work(claimHand(world, next), assume);
  if (limited) {
    counts.r += 2;
    counts.w += 1;
  }
  return { counts, steps: world.steps, effects: world.effects, branches: world.branches };
}

async function work(hand: Hand, assume: Assumptions): Promise<void> {
  for (let turns = 1; turn(hand, assume); turns += 1) {
    if (hand.world.steps > assume.mostSteps) throw new TooLong(`more than ${assume.mostSteps} steps`);
    if (turns % breathSteps === 0) await assume.breathe();
  }
}

/** One step on; false when the hand has let go of its branch. */
function turn(hand: Hand, assume: Assumptions): boolean {
  const { branch, world } = hand;
  const at = branch.at;
  if (!at) return false;
  if (at.node === '$start') {
    const item = parseScope(at.scope);
    if (!item) return move(hand, { kind: 'start', trigger: assume.trigger });
    const container = planNode(world.plan, item.container);
    return container.container === 'while'
      ? round(hand, container, item.parent, item.index, assume)
      : move(hand, { kind: 'start' });
  }
  const node = planNode(world.plan, at.node);
  const entered = branch.steps.find((step) => step.node === at.node && step.scope === at.scope && step.status === 'succeeded');
  if (entered) return move(hand, { kind: 'finished', step: entered });
  if (node.disabled) return finish(hand, node, at.scope, node.defaultPort);
  if (hand.prelude && node.effect !== 'pure') return dryCommit(hand, { status: 'queued' });
  if (node.effect === 'effect' && node.pool !== branch.pool) {
    hand.branch = { ...branch, pool: node.pool };
    return dryCommit(hand, { status: 'queued' });
  }
  resolve(hand, node, at.scope, assume);
  switch (node.effect) {
    case 'pure':
      return pure(hand, node, at.scope, assume);
    case 'effect':
      if (node.credential !== null) {
        world.counts.r += assume.readsOf(node);
        world.counts.k += 1;
      }
      world.effects += 1;
      hand.entries += 1;
      dryCommit(hand, { status: 'running' });
      hand.entries -= 1; // counted again when it is finished
      return finish(hand, node, at.scope, assume.portOf(node));
    case 'control':
      return control(hand, node, at.scope, assume);
  }
}

function pure(hand: Hand, node: PlanNode, scope: string, assume: Assumptions): boolean {
  if (node.join || node.type === 'flow.merge') for (const edge of node.in) findDryStep(hand, scope, edge.from);
  if (node.type === 'flow.respond') hand.patched = true;
  return finish(hand, node, scope, assume.portOf(node));
}

/** What expressions refer to is looked for, as evaluate-params.ts does. */
function resolve(hand: Hand, node: PlanNode, scope: string, assume: Assumptions): void {
  const { steps, vars, constant } = assume.references(node);
  if (constant) return;
  lookFor(hand, scope, steps);
  if (vars) look(hand, 'vars', Math.max(1, assume.variables));
  for (let at = parseScope(scope); at; at = parseScope(at.parent)) {
    if (hand.world.plan.nodes.get(at.container)?.container !== 'for-each') continue;
    look(hand, scopedId(at.parent, loopName(at.container)));
    break;
  }
}

function lookFor(hand: Hand, scope: string, steps: readonly string[]): void {
  const { plan, branches } = hand.world;
  for (const id of steps) {
    const known = plan.nodes.get(id);
    const where = known ? enclosingScope(scope, known.parent) : null;
    if (!known || where === null || !findDryStep(hand, where, id)) continue;
    // the results of a loop are put together from every journal
    if (known.container === 'for-each') look(hand, `loop:${where}|${id}`, branches);
  }
}

function control(hand: Hand, node: PlanNode, scope: string, assume: Assumptions): boolean {
  const { counts } = hand.world;
  if (node.container === 'for-each') return enterForEach(hand, node, scope, assume);
  if (node.container === 'while') {
    return move(hand, { kind: 'enter', loop: { ...loopOf(node, scope), count: 0, packSize: 1, lanes: 1 } });
  }
  hand.branch = withStep(hand, node, scope, assume.portOf(node));
  finishStep(hand, scope, node.id);
  switch (node.type) {
    case 'flow.wait':
      counts.t += 1;
      return dryCommit(hand, { status: 'waiting' });
    case 'flow.call':
      counts.r += assume.readsOf(node);
      counts.p += 1;
      return dryCommit(hand, { status: node.params.wait === false ? 'running' : 'waiting', writes: 2, creates: 2 });
    default: // a callback or an approval: its document is looked for and written
      counts.r += 1;
      if (typeof node.params.timeoutMs === 'number') counts.t += 1;
      return dryCommit(hand, { status: 'waiting', writes: 1, creates: 1 });
  }
}

function enterForEach(hand: Hand, node: PlanNode, scope: string, assume: Assumptions): boolean {
  const { plan } = hand.world;
  const count = assume.lengthOf(node);
  if (count === 0) return move(hand, { kind: 'leave', step: stepOf(node, scope, node.defaultPort) });
  const { concurrency } = node.params;
  const wanted = typeof concurrency === 'number' ? concurrency : defaultConcurrency;
  const { packSize, lanes } = sizeLanes(count, wanted, planScope(plan, node.id), plan);
  return move(hand, { kind: 'enter', loop: { ...loopOf(node, scope), count, packSize, lanes } });
}

function round(hand: Hand, container: PlanNode, parent: string, index: number, assume: Assumptions): boolean {
  const before = `${scopedId(parent, container.id)}[${Math.max(0, index - 1)}]`;
  lookFor(hand, before, assume.references(container).steps);
  if (index < assume.lengthOf(container)) return move(hand, { kind: 'start' });
  look(hand, scopedId(parent, loopName(container.id)));
  if (index > 0) for (const sink of planScope(hand.world.plan, container.id).sinks) findDryStep(hand, before, sink);
  return move(hand, { kind: 'leave', step: stepOf(container, parent, container.defaultPort) });
}

function finish(hand: Hand, node: PlanNode, scope: string, port: string | null): boolean {
  finishStep(hand, scope, node.id);
  return move(hand, { kind: 'finished', step: stepOf(node, scope, port) });
}

function move(hand: Hand, what: Move): boolean {
  const { world } = hand;
  const docs = {
    join: (id: string) => (hand.looked.has(id) ? (world.joins.get(id) ?? null) : undefined),
    loop: (id: string) => (hand.looked.has(id) ? (world.loops.get(id) ?? null) : undefined),
  };
  for (;;) {
    const routed = route(world.plan, hand.branch, what, docs, startedAt);
    if (routed.kind === 'need') {
      for (const id of [...routed.joins, ...routed.loops]) look(hand, id);
      continue;
    }
    const { next, lane, local, created, joins, loops } = routed;
    for (const { id, steps } of created) if (steps.length > 0) world.journals.set(id, [new Set(steps.map(keyOf))]);
    hand.branch = { ...hand.branch, at: next, lane, local };
    if (routed.finished) return end(hand, joins, loops);
    if (next && created.length + joins.length + loops.length === 0) return true;
    return dryCommit(hand, { status: next ? 'running' : 'ended', created, joins, loops });
  }
}

const keyOf = (step: Step): string => `${step.scope}|${step.node}`;

/** The output is put together from the sinks, unless flow.respond has answered. */
function end(hand: Hand, joins: Parameters<typeof dryCommit>[1]['joins'], loops: readonly Loop[]): boolean {
  const { plan } = hand.world;
  const { sinks } = planScope(plan, '');
  const responds = [...plan.nodes.values()].some(({ type }) => type === 'flow.respond');
  if (!responds) {
    if (sinks.length === 1) for (const sink of sinks) findDryStep(hand, '', sink);
    else lookFor(hand, '', sinks);
  }
  return dryCommit(hand, { status: 'ended', execution: true, joins: joins ?? [], loops });
}

function withStep(hand: Hand, node: PlanNode, scope: string, port: string | null): Hand['branch'] {
  return { ...hand.branch, steps: [...hand.branch.steps, stepOf(node, scope, port)] };
}

function stepOf(node: PlanNode, scope: string, port: string | null): Step {
  return {
    node: node.id,
    scope,
    status: 'succeeded',
    attempt: 1,
    generation: 1,
    startedAt,
    endedAt: startedAt,
    port,
    output: { v: null },
  };
}

function loopOf(node: PlanNode, scope: string): Loop {
  const id = scopedId(scope, loopName(node.id));
  return { id, ...dryOwner, scope, node: node.id, count: 0, packSize: 1, lanes: 1, startedAt, pages: [], failed: null, rev: 0 };
}

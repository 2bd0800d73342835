/**
 * A branch in the hands of an imagined worker: what the engine's checkpoint, claim and look-ups would use, counted without doing any of it.
 * Mirrors engine/checkpoint.ts, run-branch.ts and find-step.ts; estimate-run.test.ts holds both against each other.
 */
import { type Counts, newCounts } from '@automateos/shared/cost/usage-counts';
import type { Plan } from '@automateos/shared/engine/plan';
import { planNode, planScope } from '@automateos/shared/engine/plan';
import type { NewBranch } from '@automateos/shared/engine/route';
import { containerOf, partId, scopedId } from '@automateos/shared/engine/scope';
import type { Branch } from '@automateos/shared/model/branch';
import type { Join, Loop } from '@automateos/shared/model/join';
import { baseId, newBranch } from '../engine/branch-document.ts';
import { stepKey } from '../engine/run.ts';

/** Everything that is stored, as far as routing and reading ask for it. */
export type DryWorld = {
  readonly plan: Plan;
  readonly journalSteps: number;
  readonly counts: Counts;
  readonly joins: Map<string, Join>;
  readonly loops: Map<string, Loop>;
  /** Finished steps by part of a chain: base id -> part -> keys. */
  readonly journals: Map<string, Set<string>[]>;
  /** Branches that were announced and not claimed. */
  readonly queue: Branch[];
  branches: number;
  steps: number;
  effects: number;
};

export type Hand = {
  readonly world: DryWorld;
  branch: Branch;
  /** No document yet. */
  isNew: boolean;
  /** Whoever starts the execution: hands it over with the first commit. */
  readonly prelude: boolean;
  own: Set<string>;
  readonly foreign: Set<string>;
  /** Joins, loops, values and variables that were looked at. */
  readonly looked: Set<string>;
  /** Entries of the journal in hand. */
  entries: number;
  /** flow.respond: the execution rides on the next commit. */
  patched: boolean;
};

export const dryOwner = { org: 'org', executionId: 'exe' } as const;

export function createDryWorld(plan: Plan, journalSteps: number): DryWorld {
  const maps = { joins: new Map<string, Join>(), loops: new Map<string, Loop>(), journals: new Map<string, Set<string>[]>() };
  return { plan, journalSteps, counts: newCounts(), ...maps, queue: [], branches: 0, steps: 0, effects: 0 };
}

export function startHand(world: DryWorld, prelude: boolean): Hand {
  const first = { id: '$start', scope: '', first: '$start', at: { scope: '', node: '$start' }, lane: null, steps: [] };
  return handOf(world, newBranch(dryOwner, first, world.plan, 0), { isNew: true, prelude });
}

/** A message has come: the branch and its execution are read. */
export function claimHand(world: DryWorld, branch: Branch): Hand {
  world.counts.i += 1;
  world.counts.r += 2;
  return handOf(world, branch, { isNew: false, prelude: false });
}

function handOf(world: DryWorld, branch: Branch, kind: { isNew: boolean; prelude: boolean }): Hand {
  const own = new Set([
    ...(partsOf(world, branch.id)[branch.k] ?? []),
    ...branch.steps.map((step) => stepKey(step.scope, step.node)),
  ]);
  const sets = { own, foreign: new Set<string>(), looked: new Set<string>() };
  return { world, branch, ...kind, ...sets, entries: own.size, patched: false };
}

function partsOf({ journals }: DryWorld, branchId: string): Set<string>[] {
  const base = baseId(branchId);
  const parts = journals.get(base) ?? [];
  journals.set(base, parts);
  return parts;
}

/** A step is finished: in the journal in hand, to be stored by whatever commits next. */
export function finishStep(hand: Hand, scope: string, node: string): void {
  const key = stepKey(scope, node);
  if (!hand.own.has(key)) hand.entries += 1;
  hand.own.add(key);
  const parts = partsOf(hand.world, hand.branch.id);
  let part = parts[hand.branch.k];
  if (!part) {
    part = new Set();
    parts[hand.branch.k] = part;
  }
  part.add(key);
  hand.world.steps += 1;
}

export type DryCommit = {
  readonly status: 'running' | 'queued' | 'waiting' | 'ended';
  readonly created?: readonly NewBranch[];
  readonly joins?: readonly Join[];
  readonly loops?: readonly Loop[];
  readonly execution?: boolean;
  /** Further documents, and how many of them are new. */
  readonly writes?: number;
  readonly creates?: number;
};

/** Answers whether the hand goes on: with the same branch, the next part of its journal, or a child that it keeps. */
export function dryCommit(hand: Hand, commit: DryCommit): boolean {
  const { world } = hand;
  const { counts } = world;
  const created = (commit.created ?? []).map((each) => newBranch(dryOwner, each, world.plan, 0));
  const rolls = commit.status === 'running' && hand.entries >= world.journalSteps;
  counts.w += 1 + created.length + (rolls ? 1 : 0) + (commit.writes ?? 0);
  counts.n += created.length + (rolls ? 1 : 0) + (commit.creates ?? 0);
  world.branches += created.length + (rolls ? 1 : 0) + (hand.isNew ? 1 : 0);
  if (hand.isNew || commit.execution || hand.patched) counts.w += 1;
  if (hand.isNew) counts.n += 2;
  save(hand, world.joins, commit.joins ?? []);
  save(hand, world.loops, commit.loops ?? []);
  hand.isNew = false;
  hand.patched = false;
  const mayKeep = commit.status === 'ended' && !hand.prelude;
  const at = mayKeep ? created.findIndex(({ pool }) => pool === hand.branch.pool) : -1;
  const [kept] = at < 0 ? [] : created.splice(at, 1);
  counts.p += created.length;
  world.queue.push(...created);
  if (commit.status === 'queued') {
    counts.p += 1;
    world.queue.push(hand.branch);
  }
  if (commit.status === 'waiting') world.queue.push(hand.branch);
  if (kept) keep(hand, kept);
  if (rolls) {
    hand.branch = { ...hand.branch, id: partId(baseId(hand.branch.id), hand.branch.k + 1), k: hand.branch.k + 1 };
    hand.entries = 1; // the step that this commit starts
    if (hand.branch.lane) hand.own = new Set();
  }
  return kept !== undefined || commit.status === 'running';
}

function save<T extends { readonly id: string }>(hand: Hand, stored: Map<string, T>, changed: readonly T[]): void {
  for (const each of changed) {
    hand.world.counts.w += 1;
    if (!stored.has(each.id)) hand.world.counts.n += 1;
    stored.set(each.id, each);
    hand.looked.add(each.id);
  }
}

function keep(hand: Hand, kept: Branch): void {
  if (!hand.branch.lane) for (const key of hand.own) hand.foreign.add(key);
  hand.branch = kept;
  hand.own = new Set(kept.steps.map((step) => stepKey(step.scope, step.node)));
  hand.entries = kept.steps.length;
}

/** Something that is read once by each worker, however often it is asked for. */
export function look(hand: Hand, what: string, reads = 1): void {
  if (hand.looked.has(what)) return;
  hand.looked.add(what);
  hand.world.counts.r += reads;
}

/** As find-step.ts looks for the finished step of `node` in exactly `scope`. */
export function findDryStep(hand: Hand, scope: string, node: string): boolean {
  const key = stepKey(scope, node);
  if (hand.own.has(key) || hand.foreign.has(key)) return true;
  const { world } = hand;
  const container = containerOf(scope);
  const isLocal = container !== '' && planScope(world.plan, container).local;
  const id = isLocal ? baseId(hand.branch.id) : scopedId(scope, planNode(world.plan, node).exitRegion);
  const before = id === baseId(hand.branch.id) ? hand.branch.k : Number.POSITIVE_INFINITY;
  const parts = partsOf(world, id);
  for (let k = 0; k < before; k += 1) {
    world.counts.r += 1;
    const part = parts[k];
    if (!part) return false;
    for (const each of part) hand.foreign.add(each);
    if (part.has(key)) return true;
    if (k + 1 >= parts.length) return false;
  }
  return false;
}

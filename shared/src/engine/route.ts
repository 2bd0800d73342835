/**
 * Routing: what a finished step, a started scope or an entered container makes happen in the graph, as one atomic set of changes.
 *
 * A worklist of edge arrivals runs to its end: an edge is taken or skipped; a skipped node skips its edges (dead-path elimination); a
 * join decides (join-tree.ts); the end of a scope is a join too. What comes out: where this branch goes on, the branches to create, and
 * the join and loop documents to write. What a decision read, it writes, so that its commit fails if somebody else decided meanwhile.
 */
import type { Branch, Lane, Position, Step } from '../model/branch.ts';
import type { Join, Loop } from '../model/join.ts';
import { arrive, type JoinDecision, type JoinSpec, joinIds } from './join-tree.ts';
import { catches, finishedContainer, loopEdges } from './loops.ts';
import { type Plan, type PlanEdge, type PlanNode, planNode, planScope } from './plan.ts';
import { doneName, itemScope, lanesName, loopName, packName, parseScope, scopedId } from './scope.ts';

/** Documents as read so far: undefined = not read yet, null = absent. */
export type RouteDocs = {
  readonly join: (id: string) => Join | null | undefined;
  readonly loop: (id: string) => Loop | null | undefined;
  /** A rule that the simulator takes away, to prove that it is missed. */
  readonly plantedBug?: string | undefined;
};

export type NewBranch = {
  readonly id: string;
  readonly scope: string;
  readonly first: string;
  readonly at: Position;
  readonly lane: Lane | null;
  readonly steps: readonly Step[];
};

export type Move =
  /** The step at `branch.at` is finished: its entry is the newest of the journal for that node and scope. */
  | { readonly kind: 'finished'; readonly step: Step }
  /** `branch.at` is `$start` of a scope; at the root `trigger` fired. */
  | { readonly kind: 'start'; readonly trigger?: string }
  /** `branch.at` is a container, whose shared document is to be created. */
  | { readonly kind: 'enter'; readonly loop: Loop }
  /** A container is over (a while's condition is false, nothing to iterate, seeded by a fork): `step` is its finished step. */
  | { readonly kind: 'leave'; readonly step: Step };

export type Routed =
  | { readonly kind: 'need'; readonly joins: readonly string[]; readonly loops: readonly string[] }
  | {
      readonly kind: 'routed';
      /** Where this branch goes on; null = it ends. */
      readonly next: Position | null;
      readonly lane: Lane | null;
      readonly local: Branch['local'];
      readonly created: readonly NewBranch[];
      readonly joins: readonly Join[];
      readonly loops: readonly Loop[];
      /** The root scope is complete: the execution has succeeded. */
      readonly finished: boolean;
    };

type Arrival = { readonly scope: string; readonly edge: PlanEdge; readonly taken: boolean };

export function route(plan: Plan, branch: Branch, move: Move, docs: RouteDocs, nowAt: string): Routed {
  return createRouter(plan, branch, docs, nowAt).run(move);
}

function createRouter(plan: Plan, branch: Branch, docs: RouteDocs, nowAt: string) {
  const here = branch.at ?? { scope: '', node: '$start' };
  const region = branch.lane ? '$start' : branch.first;
  const owner = { org: branch.org, executionId: branch.executionId };
  const joins = new Map<string, Join>();
  const loops = new Map<string, Loop>();
  const needJoins = new Set<string>();
  const needLoops = new Set<string>();
  const work: Arrival[] = [];
  const created: NewBranch[] = [];
  /** Local joins of regions that are dead as a whole. */
  const ghost: Record<string, Record<string, number>> = {};
  let local: Branch['local'] = branch.local;
  let lane = branch.lane;
  let next: Position | null = null;
  let finished = false;

  const isHere = (scope: string, name: string): boolean => scope === here.scope && name === region;

  function create(scope: string, first: string, at: Position, more: { lane?: Lane; steps?: readonly Step[] } = {}): void {
    created.push({ id: scopedId(scope, first), scope, first, at, lane: more.lane ?? null, steps: more.steps ?? [] });
  }

  function begin(scope: string, node: PlanNode): void {
    if (isHere(scope, node.region)) next = { scope, node: node.id };
    else create(scope, node.region, { scope, node: node.id });
  }

  function leaveBy(scope: string, node: PlanNode, port: string | null, alive: boolean): void {
    for (const edge of node.out) {
      work.push({ scope, edge, taken: alive && (edge.port === '*' || edge.port === port) });
    }
  }

  function skip(scope: string, node: PlanNode): void {
    if (docs.plantedBug !== 'skips-not-handed-on') leaveBy(scope, node, null, false);
  }

  function arriveLocally(scope: string, name: string, at: string, arrival: Arrival): Record<string, number> {
    if (isHere(scope, name)) {
      const arrived = { ...local[at], [arrival.edge.key]: arrival.taken ? 1 : 0 };
      local = { ...local, [at]: arrived };
      return arrived;
    }
    const key = `${scope}|${at}`;
    const arrived = { ...ghost[key], [arrival.edge.key]: arrival.taken ? 1 : 0 };
    ghost[key] = arrived;
    return arrived;
  }

  function arriveShared(spec: JoinSpec, edge: string, taken: boolean): JoinDecision | null {
    const look = (id: string): Join | null | undefined => joins.get(id) ?? docs.join(id);
    const unknown = joinIds(spec, edge).filter((id) => look(id) === undefined);
    for (const id of unknown) needJoins.add(id);
    if (unknown.length > 0) return null;
    return arrive(spec, { edge, taken }, { owner, look, save: (join) => joins.set(join.id, join) });
  }

  function deliver(arrival: Arrival): void {
    const { scope, edge, taken } = arrival;
    if (edge.to === '$end') {
      deliverToEnd(arrival);
      return;
    }
    const node = planNode(plan, edge.to);
    if (!node.join) {
      if (taken) begin(scope, node);
      else skip(scope, node);
      return;
    }
    if (node.join.local) {
      const arrived = Object.values(arriveLocally(scope, node.region, node.id, arrival));
      // One branch holds one live token: where it arrives, every other edge is dead or will be skipped in this very commit.
      if (taken) begin(scope, node);
      else if (arrived.length === node.in.length && !arrived.includes(1)) skip(scope, node);
      return;
    }
    const spec: JoinSpec = { scope, node: node.id, edges: node.in.map((e) => e.key), mode: node.join.mode };
    const decision = arriveShared(spec, edge.key, taken);
    if (decision?.fire === 'run') begin(scope, node);
    if (decision?.fire === 'skip') skip(scope, node);
    if (decision?.drained && node.join.mode === 'any' && docs.plantedBug !== 'drained-edge-lost') {
      const drained = { key: `${node.id}.drained>$end`, from: node.id, port: 'drained', to: '$end' };
      work.push({ scope, edge: drained, taken: true });
    }
  }

  function deliverToEnd(arrival: Arrival): void {
    const { scope, edge, taken } = arrival;
    const end = planScope(plan, parseScope(scope)?.container ?? '').end;
    if (end.local) {
      const arrived = arriveLocally(scope, end.region, '$end', arrival);
      if (Object.keys(arrived).length === end.in.length) completeScope(scope);
      return;
    }
    const spec: JoinSpec = { scope, node: '$end', edges: end.in.map((e) => e.key), mode: 'all' };
    if (arriveShared(spec, edge.key, taken)?.fire) completeScope(scope);
  }

  function completeScope(scope: string): void {
    const item = parseScope(scope);
    if (!item) {
      finished = true;
      return;
    }
    const container = planNode(plan, item.container);
    const loop = lookLoop(item.parent, container.id);
    if (!loop) return;
    const following = itemScope(item.parent, container.id, item.index + 1);
    if (container.container === 'while') {
      if (loop.failed) leaveContainer(finishedContainer(plan, loop, nowAt));
      else if (lane) goOn(following, { ...lane, item: item.index + 1 });
      else {
        // Decided from `failed`, which any branch of the round may have set: so this commit carries its version.
        saveLoop(loop);
        create(following, '$start', { scope: following, node: '$start' });
      }
      return;
    }
    if (lane && item.index + 1 < lane.to && !loop.failed) goOn(following, { ...lane, item: item.index + 1 });
    else startPack(loop, lane?.lane ?? item.index % loop.lanes, (lane?.pack ?? item.index) + loop.lanes);
  }

  function goOn(scope: string, at: Lane): void {
    next = { scope, node: '$start' };
    lane = at;
    local = {};
  }

  /** Pack `pack` of the loop, or, where there is none left, the lane's arrival at the for-each's join. */
  function startPack(loop: Loop, laneIndex: number, pack: number): void {
    const from = pack * loop.packSize;
    if (from < loop.count && !loop.failed) {
      const to = Math.min(loop.count, from + loop.packSize);
      const scope = itemScope(loop.scope, loop.node, from);
      const at: Position = { scope, node: '$start' };
      if (!planScope(plan, loop.node).local) {
        create(scope, '$start', at);
        return;
      }
      const next: Lane = { node: loop.node, scope: loop.scope, lane: laneIndex, pack, from, to, item: from };
      create(loop.scope, packName(loop.node, pack), at, { lane: next });
      return;
    }
    const spec: JoinSpec = { scope: loop.scope, node: lanesName(loop.node), edges: loopEdges(loop), mode: 'all' };
    if (!arriveShared(spec, String(laneIndex), true)?.fire) return;
    saveLoop(loop); // decided from `failed`: so this commit carries its version
    leaveContainer(finishedContainer(plan, loop, nowAt));
  }

  function leaveContainer(step: Step): void {
    const first = doneName(step.node);
    create(step.scope, first, { scope: step.scope, node: step.node }, { steps: [step] });
  }

  function lookLoop(scope: string, container: string): Loop | null {
    const id = scopedId(scope, loopName(container));
    const loop = loops.get(id) ?? docs.loop(id);
    if (loop === undefined) needLoops.add(id);
    return loop ?? null;
  }

  function saveLoop(loop: Loop): void {
    loops.set(loop.id, { ...loop, rev: loop.rev + 1 });
  }

  /** A step of a body failed and its container takes the error: the container must hear of it, unless it collects. */
  function markFailed(step: Step): void {
    const item = parseScope(step.scope);
    if (!item || !step.failure) return;
    if (planNode(plan, item.container).params.onItemError === 'collect') return;
    const loop = lookLoop(item.parent, item.container);
    if (loop && !loop.failed) saveLoop({ ...loop, failed: { item: item.index, failure: step.failure } });
  }

  function startScope(trigger: string | undefined): void {
    const scope = planScope(plan, parseScope(here.scope)?.container ?? '');
    for (const id of scope.entries) {
      const node = planNode(plan, id);
      if (trigger === undefined || id === trigger) begin(here.scope, node);
      else skip(here.scope, node);
    }
  }

  function enter(loop: Loop): void {
    loops.set(loop.id, loop);
    const node = planNode(plan, loop.node);
    const scope = planScope(plan, loop.node);
    if (node.container === 'while') {
      const first = itemScope(loop.scope, loop.node, 0);
      const at: Position = { scope: first, node: '$start' };
      if (!scope.local) {
        create(first, '$start', at);
        return;
      }
      const rounds: Lane = { node: loop.node, scope: loop.scope, lane: 0, pack: 0, from: 0, to: 0, item: 0 };
      create(loop.scope, packName(loop.node, 0), at, { lane: rounds });
      return;
    }
    for (let index = 0; index < loop.lanes; index += 1) startPack(loop, index, index);
  }

  function run(move: Move): Routed {
    if (move.kind === 'start') startScope(move.trigger);
    else if (move.kind === 'enter') enter(move.loop);
    else if (move.kind === 'leave') leaveContainer(move.step);
    else {
      const { step } = move;
      if (step.handled && step.port === null) markFailed(step);
      const alive = !(step.handled && step.port === null);
      leaveBy(step.scope, planNode(plan, step.node), step.port ?? null, alive);
    }
    for (let arrival = work.shift(); arrival; arrival = work.shift()) deliver(arrival);
    if (needJoins.size > 0 || needLoops.size > 0) return { kind: 'need', joins: [...needJoins], loops: [...needLoops] };
    return {
      kind: 'routed',
      next,
      lane,
      local,
      created,
      joins: [...joins.values()],
      loops: [...loops.values()],
      finished,
    };
  }

  return { run };
}

/** Whether an error that leaves a step in `scope` is taken by an enclosing container. */
export function isCaught(plan: Plan, scope: string): boolean {
  for (let item = parseScope(scope); item; item = parseScope(item.parent)) {
    if (catches(planNode(plan, item.container))) return true;
  }
  return false;
}

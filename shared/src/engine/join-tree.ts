/**
 * Combining trees: how arrivals at a join become one decision, without a document that hundreds of branches write.
 *
 * Up to `joinFanIn` edges a join is one document. Above, leaves hold the edges and report to their parent: once when complete, and in mode
 * `any` once earlier, at their first taken edge. The root decides: `run` (an edge was taken: all modes fire once), `skip` (all edges
 * skipped), and `drained` (the last edge has arrived).
 */
import { type Join, joinFanIn } from '../model/join.ts';
import { scopedId } from './scope.ts';

export type JoinSpec = {
  readonly scope: string;
  readonly node: string;
  readonly edges: readonly string[];
  readonly mode: 'all' | 'any';
};

export type EdgeArrival = { readonly edge: string; readonly taken: boolean };

/** Documents by id: undefined = not looked at yet, null = absent. */
export type JoinLookup = (id: string) => Join | null | undefined;

export type JoinDecision = {
  readonly fire: 'run' | 'skip' | null;
  readonly drained: boolean;
};

export type JoinOwner = { readonly org: string; readonly executionId: string };

/** A child that has a taken edge but is not complete (mode any). */
const partly = 2;

type Slot = { readonly id: string; readonly key: string; readonly total: number };

/** From the leaf that holds the edge up to the root. */
export function slotsOf(spec: JoinSpec, edge: string): readonly Slot[] {
  const slots: Slot[] = [];
  let index = spec.edges.indexOf(edge);
  let width = spec.edges.length;
  let key = edge;
  for (let level = 0; ; level += 1) {
    const group = Math.floor(index / joinFanIn);
    const groups = Math.ceil(width / joinFanIn);
    const base = scopedId(spec.scope, spec.node);
    slots.push({
      id: groups <= 1 ? base : `${base}#${level}.${group}`,
      key,
      total: Math.min(joinFanIn, width - group * joinFanIn),
    });
    if (groups <= 1) return slots;
    key = String(group);
    index = group;
    width = groups;
  }
}

/** Ids of the documents that an arrival may touch. */
export function joinIds(spec: JoinSpec, edge: string): readonly string[] {
  return slotsOf(spec, edge).map((slot) => slot.id);
}

/**
 * Delivers one edge. `save` receives every document that changed (later calls see it through `look`). The caller has made sure that
 * `look` answers for all of `joinIds`.
 */
export function arrive(
  spec: JoinSpec,
  arrival: EdgeArrival,
  io: { readonly owner: JoinOwner; readonly look: JoinLookup; readonly save: (join: Join) => void },
): JoinDecision {
  let state = arrival.taken ? 1 : 0;
  const slots = slotsOf(spec, arrival.edge);
  for (const [level, slot] of slots.entries()) {
    const before = io.look(slot.id) ?? emptyJoin(spec, slot, io.owner);
    const seen = Object.hasOwn(before.arrived, slot.key) ? before.arrived[slot.key] : undefined;
    if (seen === 0 || seen === 1 || seen === state) return nothing;
    const arrived = { ...before.arrived, [slot.key]: state };
    const states = Object.values(arrived);
    const done = states.length === slot.total && !states.includes(partly);
    const taken = states.some((s) => s !== 0);
    const fires = !before.fired && taken && (done || spec.mode === 'any');
    const after: Join = { ...before, arrived, done, fired: before.fired || fires, rev: before.rev + 1 };
    io.save(after);
    if (level === slots.length - 1) {
      return { fire: fires ? 'run' : done && !taken ? 'skip' : null, drained: done };
    }
    if (!done && !fires) return nothing;
    state = done ? (taken ? 1 : 0) : partly;
  }
  return nothing;
}

const nothing: JoinDecision = { fire: null, drained: false };

function emptyJoin(spec: JoinSpec, slot: Slot, owner: JoinOwner): Join {
  return {
    id: slot.id,
    org: owner.org,
    executionId: owner.executionId,
    scope: spec.scope,
    node: spec.node,
    total: slot.total,
    arrived: {},
    fired: false,
    done: false,
    rev: 0,
  };
}

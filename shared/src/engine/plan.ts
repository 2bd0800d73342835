/**
 * A compiled definition: what the engine needs to route, precomputed once per version. Built by compile.ts, immutable, shareable.
 */
import type { Definition, RetryPolicy } from '../model/definition.ts';
import type { JsonObject } from '../model/json.ts';
import type { NodeEffect, Pool } from '../model/node-manifest.ts';

/** `to` is a node id or `$end`; `port` is `*` for the edge of a sink (taken whatever port) and `drained` for an any-join's last arrival. */
export type PlanEdge = { readonly key: string; readonly from: string; readonly port: string; readonly to: string };

export type PlanJoin = {
  /** All edges come from one branch, by ports of one edge: arrivals live in that branch. */
  readonly local: boolean;
  readonly mode: 'all' | 'any';
};

export type PlanNode = {
  readonly id: string;
  readonly type: string;
  readonly params: JsonObject;
  readonly rawParams: readonly string[];
  readonly lazyParams: readonly string[];
  readonly effect: NodeEffect;
  readonly container: 'for-each' | 'while' | null;
  readonly pool: Pool;
  /** Container id, '' at the root. */
  readonly parent: string;
  readonly ports: readonly string[];
  readonly defaultPort: string;
  readonly out: readonly PlanEdge[];
  readonly in: readonly PlanEdge[];
  readonly join: PlanJoin | null;
  /** First node of the branch that reaches this node, `$start` for the scope's first branch. */
  readonly region: string;
  /** Region of what follows it: another one than `region` only for containers (`each.done`). */
  readonly exitRegion: string;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
  readonly onError: 'fail' | 'continue';
  readonly errorPort: boolean;
  readonly atMostOnce: boolean;
  readonly compensate: string | null;
  readonly disabled: boolean;
  readonly credential: string | null;
  /** Position in a topological order of the whole graph. */
  readonly rank: number;
};

export type PlanEnd = { readonly in: readonly PlanEdge[]; readonly local: boolean; readonly region: string };

export type PlanScope = {
  /** Container id, '' at the root. */
  readonly container: string;
  readonly nodes: readonly string[];
  /** Nodes without predecessors; at the root the triggers, of which one fires. */
  readonly entries: readonly string[];
  readonly sinks: readonly string[];
  readonly end: PlanEnd;
  /** The whole body is one branch: items can go in packs, rounds in one branch. */
  readonly local: boolean;
};

export type Plan = {
  readonly workflowId: string;
  readonly version: number;
  readonly definition: Definition;
  readonly nodes: ReadonlyMap<string, PlanNode>;
  readonly scopes: ReadonlyMap<string, PlanScope>;
  /** Node types of the definition that this process lacks: the plan serves to read what was run, and nothing may run by it. */
  readonly missingTypes: ReadonlySet<string>;
};

export function planNode(plan: Plan, id: string): PlanNode {
  const node = plan.nodes.get(id);
  if (!node) throw new RangeError(`The plan of ${plan.workflowId} version ${plan.version} has no node ${id}`);
  return node;
}

export function planScope(plan: Plan, container: string): PlanScope {
  const scope = plan.scopes.get(container);
  if (!scope) throw new RangeError(`The plan of ${plan.workflowId} version ${plan.version} has no scope ${container}`);
  return scope;
}

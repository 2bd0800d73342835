/**
 * Definition -> Plan. Expects a definition that validateDefinition accepted; what it cannot compile is a programming error. All but one
 * thing: a node type may have been taken away since. Then the plan says so, and stand-ins with the ports that edges name are in their place.
 *
 * Regions: a region is the set of nodes that one branch runs. A node joins its predecessor's region where the edge is the only one of its
 * port (so that no fork happens); a join whose edges all come so from one region is local to it. Everything else starts a region.
 */
import type { Definition, DefinitionNode, RetryPolicy } from '../model/definition.ts';
import { nodeParams } from '../model/definition.ts';
import type { NodeManifest } from '../model/node-manifest.ts';
import type { Plan, PlanEdge, PlanEnd, PlanJoin, PlanNode, PlanScope } from './plan.ts';
import { doneName } from './scope.ts';

const once: RetryPolicy = { maxAttempts: 1, initialMs: 500, factor: 2, maxMs: 30_000, jitter: true, on: ['any'] };
const defaultTimeoutMs = 60_000;

type Draft = { -readonly [K in keyof PlanNode]: PlanNode[K] };

export type CompileOptions = {
  readonly definition: Definition;
  readonly manifests: ReadonlyMap<string, NodeManifest>;
  readonly workflowId: string;
  readonly version: number;
};

export function compile({ definition, manifests, workflowId, version }: CompileOptions): Plan {
  const undo = new Set(definition.nodes.flatMap((node) => (node.compensate ? [node.compensate] : [])));
  const drafts = new Map<string, Draft>();
  for (const node of definition.nodes) {
    drafts.set(node.id, draftNode(node, manifests.get(node.type) ?? standIn(node, definition)));
  }
  connect(definition, drafts);
  const order = topologicalOrder([...drafts.values()]);
  order.forEach((node, rank) => {
    node.rank = rank;
  });
  const scopes = new Map<string, PlanScope>();
  const containers = ['', ...definition.nodes.filter((n) => drafts.get(n.id)?.container).map((n) => n.id)];
  for (const container of containers) {
    const members = order.filter((node) => node.parent === container && !undo.has(node.id));
    scopes.set(container, compileScope(container, members, drafts));
  }
  const missingTypes = new Set(definition.nodes.map((node) => node.type).filter((type) => !manifests.has(type)));
  return { workflowId, version, definition, nodes: drafts, scopes, missingTypes };
}

type RunManifest = Pick<NodeManifest, 'ports' | 'effect' | 'retry' | 'rawParams' | 'lazyParams' | 'pool' | 'defaultTimeoutMs'>;

function standIn(node: DefinitionNode, definition: Definition): RunManifest {
  const named = definition.edges.flatMap((edge) => (edge.from === node.id && edge.output !== undefined ? [edge.output] : []));
  return { ports: [...new Set(['main', ...named])], effect: 'effect', pool: 'branches' };
}

function draftNode(node: DefinitionNode, manifest: RunManifest): Draft {
  const params = nodeParams(node);
  const declared = typeof manifest.ports === 'function' ? manifest.ports(params) : manifest.ports;
  const ports = manifest.effect === 'effect' && !declared.includes('error') ? [...declared, 'error'] : declared;
  const retry: RetryPolicy = node.retry ?? (manifest.retry ? { ...manifest.retry, on: [...manifest.retry.on] } : once);
  return {
    id: node.id,
    type: node.type,
    params,
    rawParams: manifest.rawParams ?? [],
    lazyParams: manifest.lazyParams ?? [],
    effect: node.disabled ? 'pure' : manifest.effect,
    container: node.disabled ? null : containerKind(node.type),
    pool: manifest.pool,
    parent: node.parent ?? '',
    ports,
    defaultPort: ports[0] ?? 'main',
    out: [],
    in: [],
    join: null,
    region: node.id,
    exitRegion: node.id,
    retry,
    timeoutMs: node.timeoutMs ?? manifest.defaultTimeoutMs ?? defaultTimeoutMs,
    onError: node.onError ?? 'fail',
    errorPort: false,
    atMostOnce: node.delivery === 'at-most-once',
    compensate: node.compensate ?? null,
    disabled: node.disabled ?? false,
    credential: node.credential ?? null,
    rank: 0,
  };
}

function containerKind(type: string): 'for-each' | 'while' | null {
  if (type === 'flow.for-each') return 'for-each';
  return type === 'flow.while' ? 'while' : null;
}

function connect(definition: Definition, drafts: ReadonlyMap<string, Draft>): void {
  for (const edge of definition.edges) {
    const from = drafts.get(edge.from);
    const to = drafts.get(edge.to);
    if (!from || !to) throw new RangeError(`Edge ${edge.from} -> ${edge.to} dangles`);
    const port = edge.output ?? from.defaultPort;
    const planEdge: PlanEdge = { key: `${from.id}.${port}>${to.id}`, from: from.id, port, to: to.id };
    from.out = [...from.out, planEdge];
    to.in = [...to.in, planEdge];
    if (port === 'error') from.errorPort = true;
  }
}

/** Kahn's algorithm; ties in definition order, so that ranks are stable. */
function topologicalOrder(nodes: readonly Draft[]): Draft[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const missing = new Map(nodes.map((node) => [node.id, node.in.length]));
  const ready = nodes.filter((node) => node.in.length === 0);
  const order: Draft[] = [];
  for (let node = ready.shift(); node; node = ready.shift()) {
    order.push(node);
    for (const edge of node.out) {
      const left = (missing.get(edge.to) ?? 0) - 1;
      missing.set(edge.to, left);
      const target = byId.get(edge.to);
      if (left === 0 && target) ready.push(target);
    }
  }
  if (order.length !== nodes.length) throw new RangeError('The graph has a cycle');
  return order;
}

function compileScope(container: string, members: readonly Draft[], drafts: ReadonlyMap<string, Draft>): PlanScope {
  const entries = members.filter((node) => node.in.length === 0);
  // One trigger fires, so all triggers share the first branch; a body with several entries forks at its start.
  const shared = container === '' || entries.length === 1;
  for (const node of members) {
    const exits = node.in.map((edge) => exitOf(edge, drafts));
    const first = exits[0];
    const same = first !== undefined && first !== null && exits.every((exit) => exit === first);
    if (node.in.length === 0) node.region = shared ? '$start' : node.id;
    else node.region = same ? first : node.id;
    node.exitRegion = node.container ? doneName(node.id) : node.region;
    node.join = node.in.length > 1 ? joinOf(node, same) : null;
  }
  const end = compileEnd(members);
  return {
    container,
    nodes: members.map((node) => node.id),
    entries: entries.map((node) => node.id),
    sinks: members.filter((node) => node.out.some((edge) => edge.to === '$end' && edge.port === '*')).map((node) => node.id),
    end,
    local: end.local && end.region === '$start',
  };
}

/** Region that an edge leaves, or null where its port has several edges (a fork). */
function exitOf(edge: PlanEdge, drafts: ReadonlyMap<string, Draft>): string | null {
  const from = drafts.get(edge.from);
  if (!from) return null;
  return from.out.filter((other) => other.port === edge.port).length === 1 ? from.exitRegion : null;
}

function joinOf(node: Draft, local: boolean): PlanJoin {
  const mode = node.type === 'flow.merge' && node.params.mode === 'any' ? 'any' : 'all';
  return { local, mode };
}

function compileEnd(members: readonly Draft[]): PlanEnd {
  const edges: PlanEdge[] = [];
  const regions = new Set<string>();
  for (const node of members) {
    if (node.out.length === 0) {
      const edge: PlanEdge = { key: `${node.id}.*>$end`, from: node.id, port: '*', to: '$end' };
      node.out = [edge];
      edges.push(edge);
      regions.add(node.exitRegion);
    }
    if (node.join && !node.join.local && node.join.mode === 'any') {
      edges.push({ key: `${node.id}.drained>$end`, from: node.id, port: 'drained', to: '$end' });
      regions.add('$nowhere');
    }
  }
  const [region] = regions;
  const local = regions.size === 1 && region !== undefined && region !== '$nowhere';
  return { in: edges, local, region: local && region !== undefined ? region : '$end' };
}

/** What the graph draws, free of the drawing library: cards with a state, edges with a state. */
import type { GraphDefinition, GraphNode } from '../../lib/api/workflow.ts';
import type { NodeCatalogue } from '../../lib/node-catalogue.ts';
import { summarizeParams } from '../../lib/value-summary.ts';

export type CardState =
  | 'idle'
  | 'unreached'
  | 'disabled'
  | 'queued'
  | 'running'
  | 'waiting'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'cancelled';
export type EdgeState = 'idle' | 'taken' | 'live' | 'off';

/** What an execution says about a node; absent where the graph shows the definition alone. */
export type NodeProgress = { readonly state: CardState; readonly line: string; readonly port?: string | null };

export type Card = {
  readonly id: string;
  readonly title: string;
  readonly line: string;
  readonly icon: string;
  readonly kind: string;
  readonly state: CardState;
  readonly container: boolean;
  readonly ports: readonly string[];
  readonly parent: string | undefined;
  /** What is read out after title, line and status. */
  readonly about: string;
};

export type GraphEdge = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly port: string;
  readonly state: EdgeState;
};

export function portsOf(node: GraphNode, definition: GraphDefinition, catalogue: NodeCatalogue): readonly string[] {
  const type = catalogue.find(node.type);
  const declared = type?.dynamicPorts ? [] : (type?.ports ?? []);
  const used = definition.edges
    .filter((edge) => edge.from === node.id)
    .map((edge) => edge.output ?? defaultPort(node, catalogue));
  const ports = declared.filter((port) => port !== 'error' || used.includes('error'));
  return [...new Set([...ports, ...used])];
}

/** '' where only the params could tell. */
function defaultPort(node: GraphNode, catalogue: NodeCatalogue): string {
  const type = catalogue.find(node.type);
  return type?.dynamicPorts ? '' : (type?.ports?.[0] ?? 'main');
}

export function buildCards(
  definition: GraphDefinition,
  catalogue: NodeCatalogue,
  progress?: ReadonlyMap<string, NodeProgress>,
): readonly Card[] {
  const parents = new Set(definition.nodes.map((node) => node.parent).filter((id) => id !== undefined));
  const titles = new Map(definition.nodes.map((node) => [node.id, catalogue.titleOf(node)]));
  return definition.nodes.map((node, index) => {
    const now = progress?.get(node.id);
    const state: CardState = node.disabled ? 'disabled' : (now?.state ?? (progress ? 'unreached' : 'idle'));
    const line = node.disabled
      ? 'Switched off, data passes'
      : (now?.line ?? (progress ? 'Not reached yet' : summarizeParams(node) || catalogue.typeTitleOf(node)));
    const title = titles.get(node.id) ?? node.id;
    const next = definition.edges.filter((edge) => edge.from === node.id).map((edge) => titles.get(edge.to) ?? edge.to);
    const leads = next.length > 0 ? `, leads to ${next.join(' and ')}` : ', the end';
    return {
      id: node.id,
      title,
      line,
      icon: catalogue.iconOf(node),
      kind: catalogue.kindOf(node),
      state,
      container: parents.has(node.id) || catalogue.find(node.type)?.container === true,
      ports: portsOf(node, definition, catalogue),
      parent: node.parent,
      about: `${catalogue.typeTitleOf(node)}, step ${index + 1} of ${definition.nodes.length}${leads}`,
    };
  });
}

export function buildEdges(
  definition: GraphDefinition,
  catalogue: NodeCatalogue,
  progress?: ReadonlyMap<string, NodeProgress>,
): readonly GraphEdge[] {
  const byId = new Map(definition.nodes.map((node) => [node.id, node]));
  return definition.edges.flatMap((edge) => {
    const from = byId.get(edge.from);
    if (!from || !byId.has(edge.to)) return []; // a draft may name what is not there
    const port = edge.output ?? defaultPort(from, catalogue);
    return [
      {
        id: `${edge.from}>${port}>${edge.to}`,
        from: edge.from,
        to: edge.to,
        port,
        state: edgeState(progress, edge.from, edge.to, port),
      },
    ];
  });
}

function edgeState(progress: ReadonlyMap<string, NodeProgress> | undefined, from: string, to: string, port: string): EdgeState {
  if (!progress) return 'idle';
  const source = progress.get(from);
  const target = progress.get(to)?.state;
  if (source?.state === 'skipped') return 'off';
  const finished = source?.state === 'succeeded' || source?.state === 'failed';
  if (!source || !finished) return 'idle';
  const left = port === '' ? undefined : source.port;
  if (left === undefined ? target === 'skipped' : left !== port) return 'off';
  if (source.state === 'failed' && left === undefined) return 'idle';
  if (target === 'running') return 'live';
  return target === undefined || target === 'queued' ? 'idle' : 'taken';
}

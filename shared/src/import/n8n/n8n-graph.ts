/** The nodes and connections of an n8n workflow, read loosely: what has not the shape is left out, and names are only looked up, never trusted. */
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../../model/json.ts';

export type N8nNode = {
  readonly name: string;
  /** Without the package: `httpRequest`. */
  readonly type: string;
  readonly fullType: string;
  readonly version: number;
  readonly params: JsonObject;
  readonly raw: JsonObject;
};

export type N8nEdge = { readonly from: string; readonly output: number; readonly to: string; readonly input: number };

export type N8nGraph = {
  readonly nodes: ReadonlyMap<string, N8nNode>;
  readonly into: (name: string) => readonly N8nEdge[];
  readonly outOf: (name: string) => readonly N8nEdge[];
  /** Names of nodes that are left out, because a later one has the same: connections cannot tell them apart. */
  readonly repeated: readonly string[];
};

export function readGraph(tree: JsonObject): N8nGraph {
  const list = Array.isArray(tree.nodes) ? tree.nodes.filter(isJsonObject) : [];
  const read = list.flatMap((raw) => nodeOf(raw));
  const nodes = new Map(read.map((node) => [node.name, node]));
  const repeated = read.filter((node) => nodes.get(node.name) !== node).map(({ name }) => name);
  const edges = edgesOf(isJsonObject(tree.connections) ? tree.connections : {}, nodes);
  const byTarget = grouped(edges, ({ to }) => to);
  const bySource = grouped(edges, ({ from }) => from);
  return { nodes, into: (name) => byTarget.get(name) ?? [], outOf: (name) => bySource.get(name) ?? [], repeated };
}

export function grouped<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

function nodeOf(raw: JsonObject): readonly N8nNode[] {
  const { name, type, typeVersion, parameters } = raw;
  if (typeof name !== 'string' || typeof type !== 'string' || type.endsWith('.stickyNote')) return [];
  const version = typeof typeVersion === 'number' ? typeVersion : 1;
  const isBase = type.startsWith('n8n-nodes-base.');
  return [
    {
      name,
      type: isBase ? type.slice(15) : type,
      fullType: type,
      version,
      params: isJsonObject(parameters) ? parameters : {},
      raw,
    },
  ];
}

function edgesOf(connections: JsonObject, nodes: ReadonlyMap<string, N8nNode>): readonly N8nEdge[] {
  const edges = new Map<string, N8nEdge>();
  for (const [from, kinds] of Object.entries(connections)) {
    const outputs = isJsonObject(kinds) && Array.isArray(kinds.main) ? kinds.main : [];
    for (const [output, targets] of outputs.entries()) {
      for (const target of Array.isArray(targets) ? targets.filter(isJsonObject) : []) {
        const { node: to, index } = target;
        if (typeof to !== 'string' || !nodes.has(from) || !nodes.has(to)) continue;
        edges.set(JSON.stringify([from, output, to]), { from, output, to, input: typeof index === 'number' ? index : 0 });
      }
    }
  }
  return [...edges.values()];
}

/** `a.b.c` of a params tree, own properties only. */
export function at(value: JsonValue | undefined, path: string): JsonValue | undefined {
  let found = value;
  for (const key of path.split('.')) found = isJsonObject(found) ? ownValue(found, key) : undefined;
  return found;
}

export const textAt = (value: JsonValue | undefined, path: string): string => {
  const found = at(value, path);
  return typeof found === 'string' ? found : '';
};

export const listAt = (value: JsonValue | undefined, path: string): readonly JsonObject[] => {
  const found = at(value, path);
  return Array.isArray(found) ? found.filter(isJsonObject) : [];
};

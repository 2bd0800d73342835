/**
 * What can be made out of a tree that may be no definition yet: nodes with an id and a type, edges with both ends, each with its place in
 * the tree. So the graph is checked even while a field elsewhere is wrong, and every problem is found at once.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { GraphEdge, GraphNode } from './definition-graph.ts';

export type PlacedNode = GraphNode & {
  readonly index: number;
  readonly typeVersion: number | undefined;
  readonly hasCredential: boolean;
  /** Absent where the tree has none, or something that is no object. */
  readonly hasParams: boolean;
};

export type PlacedEdge = GraphEdge & { readonly index: number };

export type LooseTree = { readonly nodes: readonly PlacedNode[]; readonly edges: readonly PlacedEdge[] };

export function readLoosely(tree: JsonObject): LooseTree {
  return { nodes: listOf(tree.nodes).flatMap(readNode), edges: listOf(tree.edges).flatMap(readEdge) };
}

function readNode(value: JsonValue, index: number): readonly PlacedNode[] {
  if (!isJsonObject(value)) return [];
  const { id, type, params, parent, compensate, disabled, typeVersion, credential } = value;
  if (typeof id !== 'string' || typeof type !== 'string') return [];
  return [
    {
      index,
      id,
      type,
      params: isJsonObject(params) ? params : {},
      hasParams: params === undefined || isJsonObject(params),
      parent: textOf(parent),
      compensate: textOf(compensate),
      disabled: disabled === true,
      hasCredential: typeof credential === 'string' && credential.trim() !== '',
      typeVersion: typeof typeVersion === 'number' ? typeVersion : undefined,
    },
  ];
}

function readEdge(value: JsonValue, index: number): readonly PlacedEdge[] {
  if (!isJsonObject(value)) return [];
  const { from, to, output } = value;
  return typeof from === 'string' && typeof to === 'string' ? [{ index, from, to, output: textOf(output) }] : [];
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

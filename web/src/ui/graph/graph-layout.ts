/**
 * Places cards top to bottom. A container is laid out first and then stands in its parent's layout as one box, so that nothing overlaps
 * at any depth of nesting.
 */
import { layout as dagreLayout, Graph } from '@dagrejs/dagre';
import type { Card, GraphEdge } from './graph-model.ts';

export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
export type GraphLayout = {
  /** Positions are relative to the container a card is in. */
  readonly boxes: ReadonlyMap<string, Box>;
  /** Edges that pass rows of other cards: the x, relative to the same container, at which they have free way. */
  readonly lanes: ReadonlyMap<string, number>;
};
type Drawing = { readonly boxes: Map<string, Box>; readonly lanes: Map<string, number> };

const card = { width: 248, height: 56 };
const head = 38;
const padding = 16;

export function layoutGraph(cards: readonly Card[], edges: readonly GraphEdge[]): GraphLayout {
  const drawing: Drawing = { boxes: new Map(), lanes: new Map() };
  const children = new Map<string | undefined, Card[]>();
  const known = new Set(cards.map((each) => each.id));
  for (const each of cards) {
    const parent = each.parent !== undefined && known.has(each.parent) ? each.parent : undefined;
    children.set(parent, [...(children.get(parent) ?? []), each]);
  }
  place(undefined, children, edges, drawing, 0);
  return drawing;
}

function place(
  parent: string | undefined,
  children: ReadonlyMap<string | undefined, readonly Card[]>,
  edges: readonly GraphEdge[],
  drawing: Drawing,
  depth: number,
): { width: number; height: number } {
  const members = children.get(parent) ?? [];
  // A definition may be wrong and name itself as parent; 12 is more than the limit of nesting.
  if (depth > 12) return card;
  const sizes = new Map<string, { width: number; height: number }>();
  for (const member of members) {
    if (!member.container) sizes.set(member.id, card);
    else {
      const inner = place(member.id, children, edges, drawing, depth + 1);
      sizes.set(member.id, { width: Math.max(inner.width, card.width) + padding * 2, height: inner.height + head + padding * 2 });
    }
  }
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 40, edgesep: 28, ranksep: 48, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [id, size] of sizes) graph.setNode(id, { ...size });
  const order = (edge: GraphEdge): number => members.find((member) => member.id === edge.from)?.ports.indexOf(edge.port) ?? 0;
  for (const edge of [...edges].sort((a, b) => order(a) - order(b)))
    if (sizes.has(edge.from) && sizes.has(edge.to)) graph.setEdge(edge.from, edge.to);
  dagreLayout(graph);
  const inset = parent === undefined ? { x: 0, y: 0 } : { x: padding, y: head + padding };
  let right = 0;
  let bottom = 0;
  for (const [id, size] of sizes) {
    const at = graph.node(id);
    const x = (at.x ?? 0) - size.width / 2;
    const y = (at.y ?? 0) - size.height / 2;
    drawing.boxes.set(id, { x: x + inset.x, y: y + inset.y, ...size });
    right = Math.max(right, x + size.width);
    bottom = Math.max(bottom, y + size.height);
  }
  for (const edge of edges) {
    const points = sizes.has(edge.from) && sizes.has(edge.to) ? (graph.edge(edge.from, edge.to)?.points ?? []) : [];
    const middle = points[Math.floor(points.length / 2)];
    // Three points are an edge between neighbouring rows; more pass a row in between.
    if (points.length > 3 && middle) drawing.lanes.set(edge.id, middle.x + inset.x);
  }
  return { width: right, height: bottom };
}

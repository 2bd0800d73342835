/**
 * Places cards top to bottom. A container is laid out first and then stands in its parent's layout as one box, so that nothing overlaps
 * at any depth of nesting.
 */
import { layout as dagreLayout, Graph } from '@dagrejs/dagre';
import type { Card, GraphEdge } from './graph-model.ts';

export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
/** Positions are relative to the container a card is in. */
export type GraphLayout = ReadonlyMap<string, Box>;

const card = { width: 248, height: 56 };
const head = 38;
const padding = 16;

export function layoutGraph(cards: readonly Card[], edges: readonly GraphEdge[]): GraphLayout {
  const boxes = new Map<string, Box>();
  const children = new Map<string | undefined, Card[]>();
  const known = new Set(cards.map((each) => each.id));
  for (const each of cards) {
    const parent = each.parent !== undefined && known.has(each.parent) ? each.parent : undefined;
    children.set(parent, [...(children.get(parent) ?? []), each]);
  }
  place(undefined, children, edges, boxes, 0);
  return boxes;
}

function place(
  parent: string | undefined,
  children: ReadonlyMap<string | undefined, readonly Card[]>,
  edges: readonly GraphEdge[],
  boxes: Map<string, Box>,
  depth: number,
): { width: number; height: number } {
  const members = children.get(parent) ?? [];
  // A definition may be wrong and name itself as parent; 12 is more than the limit of nesting.
  if (depth > 12) return card;
  const sizes = new Map<string, { width: number; height: number }>();
  for (const member of members) {
    if (!member.container) sizes.set(member.id, card);
    else {
      const inner = place(member.id, children, edges, boxes, depth + 1);
      sizes.set(member.id, { width: Math.max(inner.width, card.width) + padding * 2, height: inner.height + head + padding * 2 });
    }
  }
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 40, ranksep: 44, marginx: 0, marginy: 0 });
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
    boxes.set(id, { x: x + inset.x, y: y + inset.y, ...size });
    right = Math.max(right, x + size.width);
    bottom = Math.max(bottom, y + size.height);
  }
  return { width: right, height: bottom };
}

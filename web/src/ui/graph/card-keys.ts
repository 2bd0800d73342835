/** Where an arrow leads from a card: up and down along edges (into and out of containers), left and right among cards of one row. */
import type { GraphLayout } from './graph-layout.ts';
import type { Card, GraphEdge } from './graph-model.ts';

export type GraphPlaces = { readonly cards: readonly Card[]; readonly edges: readonly GraphEdge[]; readonly layout: GraphLayout };

export function cardAfterKey(key: string, from: string, places: GraphPlaces): string | null {
  switch (key) {
    case 'ArrowDown':
      return downFrom(from, places);
    case 'ArrowUp':
      return places.edges.find((edge) => edge.to === from)?.from ?? places.cards.find((card) => card.id === from)?.parent ?? null;
    case 'ArrowRight':
      return sibling(from, places, 1);
    case 'ArrowLeft':
      return sibling(from, places, -1);
    case 'Home':
      return places.cards[0]?.id ?? null;
    case 'End':
      return places.cards.at(-1)?.id ?? null;
    default:
      return null;
  }
}

function downFrom(from: string, places: GraphPlaces): string | null {
  const inside = places.cards.find((card) => card.parent === from);
  if (inside) return inside.id;
  const next = places.edges.find((edge) => edge.from === from)?.to;
  if (next !== undefined) return next;
  const parent = places.cards.find((card) => card.id === from)?.parent;
  return parent === undefined ? null : (places.edges.find((edge) => edge.from === parent)?.to ?? null);
}

function sibling(from: string, places: GraphPlaces, direction: 1 | -1): string | null {
  const here = places.layout.boxes.get(from);
  const parent = places.cards.find((card) => card.id === from)?.parent;
  if (!here) return null;
  const row = places.cards
    .filter((card) => card.parent === parent && card.id !== from)
    .map((card) => ({ id: card.id, box: places.layout.boxes.get(card.id) }))
    .filter(({ box }) => box !== undefined && Math.abs(box.y - here.y) < 60 && Math.sign(box.x - here.x) === direction)
    .sort((a, b) => Math.abs((a.box?.x ?? 0) - here.x) - Math.abs((b.box?.x ?? 0) - here.x));
  return row[0]?.id ?? null;
}

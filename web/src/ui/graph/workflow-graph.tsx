/**
 * The workflow drawn top to bottom, read-only. One Tab stop; inside, arrows follow the edges, Enter selects. Cards keep their identity while
 * their data stays the same, so that one event of a live execution renders one card.
 */
import '@xyflow/react/dist/base.css';
import { Background, BackgroundVariant, ReactFlow, ReactFlowProvider, useReactFlow } from '@xyflow/react';
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { Icon } from '../icon.tsx';
import { cardAfterKey } from './card-keys.ts';
import { type GraphLayout, layoutGraph } from './graph-layout.ts';
import type { Card, GraphEdge } from './graph-model.ts';
import { type LaneEdge, LaneEdgeView } from './lane-edge.tsx';
import { type CardNode, LoopCard, StepCard } from './step-card.tsx';

const nodeTypes = { step: StepCard, loop: LoopCard };
const edgeTypes = { lane: LaneEdgeView };
const fit = { padding: 0.12, maxZoom: 1, minZoom: 0.1 };

export type WorkflowGraphProps = {
  readonly cards: readonly Card[];
  readonly edges: readonly GraphEdge[];
  readonly selectedId: string | null;
  readonly onSelect: (id: string) => void;
  readonly label: string;
};

export function WorkflowGraph(props: WorkflowGraphProps): ReactNode {
  return (
    <ReactFlowProvider>
      <GraphCanvas {...props} />
    </ReactFlowProvider>
  );
}

function GraphCanvas(props: WorkflowGraphProps): ReactNode {
  const { cards, edges, selectedId, onSelect } = props;
  const flow = useReactFlow();
  const root = useRef<HTMLElement>(null);
  const [focusId, setFocusId] = useState<string | null>(null);
  const structure = cards.map((card) => `${card.id}<${card.parent ?? ''}`).join() + edges.map((edge) => edge.id).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `structure` is all of the cards and edges that the layout depends on
  const layout = useMemo(() => layoutGraph(cards, edges), [structure]);
  const tabStop = focusId ?? selectedId ?? cards[0]?.id ?? null;
  const flowEdges = useMemo(() => edges.map((edge) => toFlowEdge(edge, cards, layout)), [edges, cards, layout]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  const ports = useMemo(() => portOrder(cards, edges, layout), [structure, layout]);
  const nodes = useFlowNodes({ cards, layout, ports, selectedId, tabStop, onSelect });

  useEffect(() => {
    const element = root.current;
    if (!element) return;
    // The pane changes its size when the inspector opens; the graph stays fitted.
    const observer = new ResizeObserver(() => void flow.fitView(fit));
    observer.observe(element);
    return () => observer.disconnect();
  }, [flow]);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const from = (event.target as HTMLElement).dataset.card; // key events of this region come from elements
    const next = from === undefined ? null : cardAfterKey(event.key, from, { cards, edges, layout });
    if (next === null) return;
    event.preventDefault();
    setFocusId(next);
    root.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(next)}"]`)?.focus();
  };

  const running = cards.filter((card) => card.state === 'running').length;
  return (
    <section ref={root} aria-label={props.label} className={`canvas ${running > 12 ? 'many-running' : ''}`} onKeyDown={onKeyDown}>
      <ReactFlow
        nodes={nodes}
        edges={flowEdges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        fitView
        fitViewOptions={fit}
        minZoom={0.1}
        maxZoom={2}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        zoomOnDoubleClick={false}
        onlyRenderVisibleElements={cards.length > 150}
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.6} color="var(--color-canvas-dot)" />
      </ReactFlow>
      <div className="dock bottom-3 left-3 flex-col">
        <button type="button" className="btn btn-sm btn-icon" aria-label="Zoom in" onClick={() => void flow.zoomIn()}>
          <Icon name="plus" />
        </button>
        <button type="button" className="btn btn-sm btn-icon" aria-label="Zoom out" onClick={() => void flow.zoomOut()}>
          <Icon name="minus" />
        </button>
        <button type="button" className="btn btn-sm btn-icon" aria-label="Zoom to fit" onClick={() => void flow.fitView(fit)}>
          <Icon name="fit" />
        </button>
      </div>
    </section>
  );
}

type NodesInput = {
  readonly cards: readonly Card[];
  readonly layout: GraphLayout;
  readonly ports: ReadonlyMap<string, readonly string[]>;
  readonly selectedId: string | null;
  readonly tabStop: string | null;
  readonly onSelect: (id: string) => void;
};

/** Flow nodes that stay the same object while nothing about them changes. */
function useFlowNodes(input: NodesInput): CardNode[] {
  const kept = useRef(new Map<string, CardNode>());
  return useMemo(() => {
    const next = new Map<string, CardNode>();
    for (const card of [...input.cards].sort((a, b) => depthOf(a, input.cards) - depthOf(b, input.cards))) {
      const box = input.layout.boxes.get(card.id);
      if (!box) continue;
      const data = {
        card,
        ports: input.ports.get(card.id) ?? card.ports,
        selected: card.id === input.selectedId,
        focusable: card.id === input.tabStop,
        onSelect: input.onSelect,
      };
      const old = kept.current.get(card.id);
      const same =
        old && sameCard(old.data.card, card) && old.data.selected === data.selected && old.data.focusable === data.focusable;
      const node: CardNode =
        old &&
        same &&
        old.data.onSelect === data.onSelect &&
        old.data.ports === data.ports &&
        old.position.x === box.x &&
        old.position.y === box.y
          ? old
          : {
              id: card.id,
              type: card.container ? 'loop' : 'step',
              position: { x: box.x, y: box.y },
              width: box.width,
              height: box.height,
              data,
              ...(card.parent !== undefined && input.layout.boxes.has(card.parent) ? { parentId: card.parent } : {}),
            };
      next.set(card.id, node);
    }
    kept.current = next;
    return [...next.values()];
  }, [input.cards, input.layout, input.ports, input.selectedId, input.tabStop, input.onSelect]);
}

function sameCard(a: Card, b: Card): boolean {
  return (
    a === b ||
    (a.state === b.state &&
      a.line === b.line &&
      a.title === b.title &&
      a.icon === b.icon &&
      a.kind === b.kind &&
      a.about === b.about &&
      a.ports.join() === b.ports.join())
  );
}

/** Containers must come before what is in them. */
function depthOf(card: Card, cards: readonly Card[]): number {
  let depth = 0;
  let parent = card.parent;
  while (parent !== undefined && depth < 12) {
    const up = parent;
    parent = cards.find((each) => each.id === up)?.parent;
    depth += 1;
  }
  return depth;
}

/** Order of the ports along the lower edge of each card: as their targets lie, so that edges do not cross at the start. */
function portOrder(
  cards: readonly Card[],
  edges: readonly GraphEdge[],
  layout: GraphLayout,
): ReadonlyMap<string, readonly string[]> {
  const centre = (edge: GraphEdge): number => {
    const box = layout.boxes.get(edge.to);
    return layout.lanes.get(edge.id) ?? (box ? box.x + box.width / 2 : 0);
  };
  return new Map(
    cards.map((card) => {
      const at = new Map<string, number>();
      for (const edge of edges) if (edge.from === card.id) at.set(edge.port, centre(edge));
      const used = card.ports.filter((port) => at.has(port)).sort((a, b) => (at.get(a) ?? 0) - (at.get(b) ?? 0));
      return [card.id, [...used, ...card.ports.filter((port) => !at.has(port))]];
    }),
  );
}

function toFlowEdge(edge: GraphEdge, cards: readonly Card[], layout: GraphLayout): LaneEdge {
  const lane = layout.lanes.get(edge.id);
  return {
    id: edge.id,
    source: edge.from,
    target: edge.to,
    sourceHandle: edge.port,
    type: 'lane',
    focusable: false,
    className: `edge-${edge.state}`,
    data: { laneX: lane === undefined ? null : lane + offsetOf(edge.from, cards, layout) },
  };
}

/** Where the container of a card begins on the canvas. */
function offsetOf(id: string, cards: readonly Card[], layout: GraphLayout): number {
  let x = 0;
  let parent = cards.find((card) => card.id === id)?.parent;
  for (let depth = 0; parent !== undefined && depth < 12; depth += 1) {
    const up = parent;
    x += layout.boxes.get(up)?.x ?? 0;
    parent = cards.find((card) => card.id === up)?.parent;
  }
  return x;
}

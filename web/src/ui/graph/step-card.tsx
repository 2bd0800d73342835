/** One step of the graph: kind on the left, status on the right, two lines between. Read-only; a click or Enter selects it. */
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { memo, type ReactNode } from 'react';
import { type StatusName, StatusShape, statusWords } from '../status.tsx';
import { Tile } from '../tile.tsx';
import type { Card } from './graph-model.ts';

export type CardNodeData = {
  card: Card;
  ports: readonly string[];
  selected: boolean;
  focusable: boolean;
  onSelect: (id: string) => void;
};
export type CardNode = Node<CardNodeData, 'step' | 'loop'>;

const withShape = new Set<string>(['queued', 'running', 'waiting', 'succeeded', 'failed', 'skipped', 'cancelled']);

export const StepCard = memo(function StepCard(props: NodeProps<CardNode>): ReactNode {
  const { card, selected, focusable, onSelect } = props.data;
  return (
    <>
      <Handle
        type="target"
        position={Position.Top}
        isConnectable={false}
        className={card.kind === 'trigger' ? 'port-none' : ''}
      />
      <button
        type="button"
        data-card={card.id}
        tabIndex={focusable ? 0 : -1}
        aria-pressed={selected}
        title={`${card.title}\n${card.line}`}
        className={`step-card nopan is-${card.state}`}
        onClick={() => onSelect(card.id)}
      >
        <Tile icon={card.icon} kind={card.kind} />
        <span className="min-w-0 flex-1">
          <span className="card-title block truncate">{card.title}</span>
          <span className="sr-only">, </span>
          <span className="card-line block truncate">{card.line}</span>
        </span>
        <CardStatus card={card} />
        <span className="sr-only">, {card.about}</span>
      </button>
      <Ports ports={props.data.ports} />
    </>
  );
});

export const LoopCard = memo(function LoopCard(props: NodeProps<CardNode>): ReactNode {
  const { card, selected, focusable, onSelect } = props.data;
  return (
    <div className={`loop-card is-${card.state}`}>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <button
        type="button"
        data-card={card.id}
        tabIndex={focusable ? 0 : -1}
        aria-pressed={selected}
        className="loop-head nopan"
        onClick={() => onSelect(card.id)}
      >
        <Tile icon={card.icon} kind={card.kind} size="sm" />
        <span className="card-title truncate">{card.title}</span>
        <span className="sr-only">, </span>
        <span className="card-line min-w-0 flex-1 truncate">{card.line}</span>
        <CardStatus card={card} />
        <span className="sr-only">, {card.about}</span>
      </button>
      <Ports ports={props.data.ports} />
    </div>
  );
});

function CardStatus(props: { readonly card: Card }): ReactNode {
  const { state } = props.card;
  if (!withShape.has(state)) return null;
  const status = state as StatusName; // the set above holds only names of shapes
  return <StatusShape status={status} label={statusWords[status]} />;
}

function Ports(props: { readonly ports: readonly string[] }): ReactNode {
  const outs = props.ports.filter((port) => port !== 'error');
  return (
    <>
      {outs.map((port, index) => {
        const left = `${((index + 1) / (outs.length + 1)) * 100}%`;
        return (
          <span key={port}>
            <Handle id={port} type="source" position={Position.Bottom} isConnectable={false} style={{ left }} />
            {outs.length > 1 ? (
              <span className="port-label" style={{ left }}>
                {port}
              </span>
            ) : null}
          </span>
        );
      })}
      {props.ports.includes('error') ? (
        <>
          <Handle id="error" type="source" position={Position.Right} isConnectable={false} className="port-error" />
          <span className="port-label port-label-error">error</span>
        </>
      ) : null}
    </>
  );
}

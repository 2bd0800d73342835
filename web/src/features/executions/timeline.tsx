/**
 * The execution as rows over time. One Tab stop (a tree with an active row); arrows or J and K move, Enter opens the step, left and right
 * fold. Only rows in view are in the page.
 */
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { formatDuration } from '../../lib/format.ts';
import type { NodeCatalogue } from '../../lib/node-catalogue.ts';
import { useWindowed } from '../../ui/use-windowed.ts';
import { createTimeScale } from './time-scale.ts';
import { TimelineRowView } from './timeline-row.tsx';
import type { TimelineRow } from './timeline-rows.ts';

const rowHeight = 28;

export type TimelineProps = {
  readonly rows: readonly TimelineRow[];
  readonly catalogue: NodeCatalogue;
  readonly selectedKey: string | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly live: boolean;
  readonly onSelect: (row: TimelineRow) => void;
  readonly onToggle: (row: TimelineRow) => void;
};

export function Timeline(props: TimelineProps): ReactNode {
  const { rows, selectedKey, onSelect, onToggle } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const treeId = useId();
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const { first, last } = useWindowed(scroller, rows.length, rowHeight);
  const activeIndex = Math.max(
    0,
    rows.findIndex((row) => row.key === (activeKey ?? selectedKey)),
  );
  const scale = useMemo(() => {
    const work = rows.flatMap((row) =>
      row.kind !== 'item' &&
      row.kind !== 'loop' &&
      row.start !== null &&
      row.status !== 'waiting' &&
      !props.catalogue.isWait(row.node)
        ? [{ start: row.start, end: row.end ?? props.endMs }]
        : [],
    );
    return createTimeScale(work, { start: props.startMs, end: Math.max(props.endMs, props.startMs + 1) });
  }, [rows, props.startMs, props.endMs, props.catalogue]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when the selection moves, not when rows arrive
  useEffect(() => {
    const at = rows.findIndex((row) => row.key === selectedKey);
    if (at >= 0) reveal(scroller.current, at);
  }, [selectedKey]);

  const move = useCallback(
    (to: number) => {
      const row = rows[Math.min(rows.length - 1, Math.max(0, to))];
      if (!row) return;
      setActiveKey(row.key);
      reveal(scroller.current, rows.indexOf(row));
    },
    [rows],
  );

  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[activeIndex];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const goal = goalOf(event.key, activeIndex, rows);
    if (goal !== null) move(goal);
    else if (event.key === 'Enter' || event.key === ' ') onSelect(row);
    else if ((event.key === 'ArrowRight' && row.expandable && !row.expanded) || (event.key === 'ArrowLeft' && row.expanded))
      onToggle(row);
    else return;
    event.preventDefault();
  };

  const shown = rows.slice(first, last);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div
        className="grid h-7 shrink-0 grid-cols-[minmax(140px,210px)_minmax(0,1fr)_72px_30px] items-center border-b border-line text-xs text-ink-3"
        aria-hidden="true"
      >
        <span className="pl-3.5">Step</span>
        <span className="relative h-4 text-2xs">
          {scale.folded
            ? 'Long waits are folded'
            : scale.ticks.map((tick) => (
                <span
                  key={tick.offsetMs}
                  className={`absolute whitespace-nowrap ${tick.percent === 0 ? '' : '-translate-x-1/2'}`}
                  style={{ left: `${tick.percent}%` }}
                >
                  {tick.offsetMs === 0 ? '0 s' : formatDuration(tick.offsetMs)}
                </span>
              ))}
        </span>
        <span className="pr-2 text-right">Time</span>
        <span />
      </div>
      <div
        ref={scroller}
        role="tree"
        aria-label="Timeline of steps"
        tabIndex={0}
        aria-activedescendant={
          rows[activeIndex] && activeIndex >= first && activeIndex < last ? `${treeId}${rows[activeIndex].key}` : undefined
        }
        className="relative min-h-0 flex-1 overflow-y-auto -outline-offset-2"
        onKeyDown={onKeyDown}
      >
        <div role="presentation" className="relative" style={{ height: rows.length * rowHeight + 8 }}>
          {shown.map((row, at) => (
            <TimelineRowView
              key={row.key}
              id={`${treeId}${row.key}`}
              row={row}
              top={(first + at) * rowHeight + 4}
              scale={scale}
              nowMs={props.endMs}
              title={titleOf(row, props.catalogue)}
              catalogue={props.catalogue}
              position={first + at + 1}
              count={rows.length}
              selected={row.key === selectedKey}
              active={first + at === activeIndex}
              onSelect={onSelect}
              onToggle={onToggle}
            />
          ))}
          {props.live ? <NowLine percent={scale.at(props.endMs)} /> : null}
        </div>
      </div>
    </div>
  );
}

/** The moment that is being written, as a hairline over the tracks. */
function NowLine(props: { readonly percent: number }): ReactNode {
  return (
    <div
      role="presentation"
      aria-hidden="true"
      className="pointer-events-none absolute inset-0 grid grid-cols-[minmax(140px,210px)_minmax(0,1fr)_72px_30px]"
    >
      <span />
      <span className="relative">
        <span className="absolute inset-y-0 w-px bg-running opacity-50" style={{ left: `${props.percent}%` }} />
      </span>
    </div>
  );
}

export function titleOf(row: TimelineRow, catalogue: NodeCatalogue): string {
  if (row.kind === 'item') return `Item ${row.number}`;
  if (row.kind === 'try') return row.number === 1 ? 'First try' : `Try ${row.number}`;
  return catalogue.titleOf(row.node);
}

function goalOf(key: string, at: number, rows: readonly TimelineRow[]): number | null {
  const row = rows[at];
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return at + 1;
    case 'ArrowUp':
    case 'k':
      return at - 1;
    case 'Home':
      return 0;
    case 'End':
      return rows.length - 1;
    case 'PageDown':
      return at + 12;
    case 'PageUp':
      return at - 12;
    case 'ArrowRight':
      return row?.expanded ? at + 1 : null;
    case 'ArrowLeft': {
      if (!row || row.expanded || row.level === 0) return null;
      for (let up = at - 1; up >= 0; up -= 1) if ((rows[up]?.level ?? 0) < row.level) return up;
      return null;
    }
    default:
      return null;
  }
}

function reveal(scroller: HTMLElement | null, index: number): void {
  if (!scroller) return;
  const top = index * rowHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + rowHeight + 8 > scroller.scrollTop + scroller.clientHeight)
    scroller.scrollTop = top + rowHeight + 8 - scroller.clientHeight;
}

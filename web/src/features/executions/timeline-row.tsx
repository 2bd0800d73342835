import { memo, type ReactNode } from 'react';
import { formatDuration } from '../../lib/format.ts';
import type { NodeCatalogue } from '../../lib/node-catalogue.ts';
import { Icon } from '../../ui/icon.tsx';
import { StatusShape, statusWords } from '../../ui/status.tsx';
import { Tile } from '../../ui/tile.tsx';
import type { TimeScale } from './time-scale.ts';
import type { TimelineRow } from './timeline-rows.ts';

export type TimelineRowProps = {
  readonly id: string;
  readonly row: TimelineRow;
  readonly top: number;
  readonly scale: TimeScale;
  readonly nowMs: number;
  readonly title: string;
  readonly catalogue: NodeCatalogue;
  readonly position: number;
  readonly count: number;
  readonly selected: boolean;
  readonly active: boolean;
  readonly onSelect: (row: TimelineRow) => void;
  readonly onToggle: (row: TimelineRow) => void;
};

/** One row: name, bar, time, shape. The keyboard is the tree's; the pointer selects, and the chevron folds. */
export const TimelineRowView = memo(function TimelineRowView(props: TimelineRowProps): ReactNode {
  const { row, title } = props;
  const took = row.start === null ? '' : formatDuration(Math.max(0, (row.end ?? props.nowMs) - row.start));
  const word = row.status === null ? 'not reached' : statusWords[row.status].toLowerCase();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it has the keys; a row is never focused itself
    <div
      id={props.id}
      role="treeitem"
      tabIndex={-1}
      aria-level={row.level + 1}
      aria-posinset={props.position}
      aria-setsize={props.count}
      aria-selected={props.selected}
      {...(row.expandable ? { 'aria-expanded': row.expanded } : {})}
      className={`trow ${row.status === null ? 'is-unreached' : row.status === 'skipped' ? 'is-unreached is-skipped' : ''} ${props.active ? 'is-active' : ''}`}
      style={{ top: props.top }}
      onClick={() => props.onSelect(row)}
    >
      <span className="flex min-w-0 items-center gap-1.5 pl-2" style={{ paddingLeft: 8 + row.level * 16 }}>
        {row.expandable ? (
          // Left and right arrows do the same; a button inside a tree item would be a second Tab stop.
          <span
            className="-m-1 p-1"
            aria-hidden="true"
            onClick={(event) => {
              event.stopPropagation();
              props.onToggle(row);
            }}
          >
            <Icon name={row.expanded ? 'down' : 'right'} className="size-3.5!" />
          </span>
        ) : (
          <span className="w-3.5 shrink-0" />
        )}
        {row.kind === 'item' || row.kind === 'try' ? (
          <span className="tile tile-xs min-w-[18px] bg-sunken px-0.5 text-[10px] text-ink-3">{row.number}</span>
        ) : (
          <Tile icon={props.catalogue.iconOf(row.node)} kind={props.catalogue.kindOf(row.node)} size="xs" />
        )}
        <span className="truncate">{title}</span>
        <span className="sr-only">, </span>
      </span>
      <RowBar
        row={row}
        scale={props.scale}
        nowMs={props.nowMs}
        wait={row.status !== 'failed' && props.catalogue.isWait(row.node)}
      />
      <span className="truncate pr-2 text-right text-ink-2">{took}</span>
      <span>
        {row.status === null ? null : <StatusShape status={row.status} />}
        <span className="sr-only">, {word}</span>
      </span>
    </div>
  );
});

function RowBar(props: {
  readonly row: TimelineRow;
  readonly scale: TimeScale;
  readonly nowMs: number;
  readonly wait: boolean;
}): ReactNode {
  const { row, scale } = props;
  if (row.start === null) return <span />;
  const left = scale.at(row.start);
  const right = scale.at(row.end ?? props.nowMs);
  const group = row.kind === 'loop' || (row.kind === 'step' && row.expanded);
  return (
    <span className="relative h-full overflow-hidden">
      <span
        className={`tbar is-${props.wait ? 'pause' : (row.status ?? 'queued')} ${group ? 'is-group' : ''}`}
        style={{ left: `min(${left}%, calc(100% - 4px))`, width: `${Math.max(0, right - left)}%` }}
      />
      {row.note === '' ? null : (
        <span
          className="absolute top-1.5 truncate text-2xs leading-4 text-ink-3"
          style={right > 75 ? { right: `calc(${100 - left}% + 6px)` } : { left: `calc(${right}% + 10px)` }}
        >
          {row.note}
        </span>
      )}
    </span>
  );
}

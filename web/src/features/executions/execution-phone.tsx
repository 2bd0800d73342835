/** Read, decide, mend: Steps | Graph | Log, the actions at the thumb, a step opens over the whole page. */
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import { formatDuration, shortId } from '../../lib/format.ts';
import { triggerWord } from '../../ui/execution-table.tsx';
import { WorkflowGraph } from '../../ui/graph/workflow-graph.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { StatusBadge, StatusShape, statusWords } from '../../ui/status.tsx';
import { Tile } from '../../ui/tile.tsx';
import { Moment } from '../../ui/time-text.tsx';
import { StepInspector } from './execution-desk.tsx';
import { HeaderActions, StreamPill, statusSentence } from './execution-header.tsx';
import { LogPane } from './log-pane.tsx';
import { titleOf } from './timeline.tsx';
import type { TimelineRow } from './timeline-rows.ts';
import type { ExecutionModel } from './use-execution-model.ts';

type View = 'steps' | 'graph' | 'log';
/** More rows than this are cut: the desk layout windows them, a phone shows the beginning. */
const maxRows = 300;

export function ExecutionPhone(props: { readonly model: ExecutionModel }): ReactNode {
  const { model } = props;
  const { execution } = model;
  const [view, setView] = useState<View>('steps');
  if (model.node) {
    return (
      <div className="flex min-h-0 flex-1 flex-col bg-surface">
        <h1 className="sr-only">{model.workflowName}</h1>
        <StepInspector model={model} />
      </div>
    );
  }
  return (
    <>
      <div className="flex h-(--size-topbar) shrink-0 items-center border-b border-line bg-surface px-4">
        <Link to="/executions" className="link flex min-h-11 items-center gap-1 text-base">
          <Icon name="left" />
          Executions
        </Link>
        <span className="ml-auto">
          <StreamPill stream={model.live.stream} over={model.over} />
        </span>
      </div>
      <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
        <div className="flex flex-col gap-1 p-4 pb-3">
          <div className="flex items-center gap-2">
            <StatusBadge status={execution.status}>{statusSentence(execution, model.failedAt)}</StatusBadge>
            <code className="ml-auto text-ink-3">{shortId(execution.id)}</code>
          </div>
          <h1 className="text-xl font-semibold break-words">{model.workflowName}</h1>
          <p className="text-ink-2">
            {execution.startedAt ? <Moment at={execution.startedAt} /> : 'Not started'} · {triggerWord(execution).toLowerCase()} ·
            v{execution.version}
          </p>
          <Segmented
            label="Show"
            className="mt-2 [&>button]:flex-1"
            value={view}
            onChange={setView}
            options={[
              { value: 'steps', label: 'Steps' },
              { value: 'graph', label: 'Graph' },
              { value: 'log', label: 'Log' },
            ]}
          />
        </div>
        {view === 'steps' ? (
          <StepList model={model} />
        ) : view === 'graph' ? (
          <div className="min-h-96 flex-1">
            <WorkflowGraph
              label={`Graph of ${model.workflowName}`}
              cards={model.cards}
              edges={model.edges}
              selectedId={null}
              onSelect={model.selectCard}
            />
          </div>
        ) : (
          <LogPane logs={model.logs} nameOf={model.nameOf} selected={null} />
        )}
      </div>
      <div className="flex shrink-0 gap-2.5 border-t border-line bg-surface px-4 py-3 *:h-12! *:flex-1">
        <HeaderActions execution={execution} actions={model.actions} onFork={() => model.openFork(model.failedNodeId)} />
      </div>
    </>
  );
}

function StepList(props: { readonly model: ExecutionModel }): ReactNode {
  const { model } = props;
  const rows = model.rows.filter((row) => row.kind !== 'try');
  return (
    <ul className="surface-card mx-4 mb-4 shrink-0" aria-label="Steps">
      {rows.slice(0, maxRows).map((row) => (
        <StepListRow key={row.key} row={row} model={model} />
      ))}
      {rows.length > maxRows ? (
        <li className="p-3 text-xs text-ink-3">
          {(rows.length - maxRows).toLocaleString('en')} more rows. Fold a loop, or open this page on a wider screen.
        </li>
      ) : null}
    </ul>
  );
}

function StepListRow(props: { readonly row: TimelineRow; readonly model: ExecutionModel }): ReactNode {
  const { row, model } = props;
  const took = row.start === null ? '' : formatDuration(Math.max(0, (row.end ?? model.endMs) - row.start));
  const card = model.cards.find((each) => each.id === row.node.id);
  const folds = row.kind === 'item' || (row.kind === 'loop' && row.expandable);
  return (
    <li className={`flex items-center border-b border-line last:border-0 ${row.status === 'running' ? 'bg-running-soft' : ''}`}>
      <button
        type="button"
        className="flex min-h-13.5 min-w-0 flex-1 items-center gap-3 py-2 pr-3.5 text-left -outline-offset-2"
        style={{ paddingLeft: 12 + row.level * 14 }}
        {...(row.kind === 'item' ? { 'aria-expanded': row.expanded } : {})}
        onClick={() => (row.kind === 'item' ? model.toggleRow(row) : model.selectRow(row))}
      >
        {row.kind === 'item' ? (
          <span className="tile tile-sm bg-sunken text-xs text-ink-3">{row.number}</span>
        ) : (
          <Tile icon={model.catalogue.iconOf(row.node)} kind={model.catalogue.kindOf(row.node)} />
        )}
        <span className="min-w-0 flex-1">
          <span className="block truncate text-base font-medium">{titleOf(row, model.catalogue)}</span>
          {row.kind === 'item' ? null : (
            <span className={`block truncate text-xs ${row.status === 'failed' ? 'text-failed' : 'text-ink-3'}`}>
              {row.kind === 'step' && row.scope !== ''
                ? row.note
                : (card?.line ?? '').replace(took, '').replace(/^ · | · $/g, '')}
            </span>
          )}
        </span>
        <span className="text-xs text-ink-3">{took}</span>
        {row.status === null ? null : <StatusShape status={row.status} label={statusWords[row.status]} />}
      </button>
      {folds && row.kind === 'loop' ? (
        <button
          type="button"
          className="btn btn-ghost btn-icon mr-1"
          aria-expanded={row.expanded}
          aria-label={`Items of ${titleOf(row, model.catalogue)}`}
          onClick={() => model.toggleRow(row)}
        >
          <Icon name={row.expanded ? 'down' : 'right'} />
        </button>
      ) : null}
    </li>
  );
}

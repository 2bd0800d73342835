/** Who, when, how: the title bar with its actions, and the row of facts. The primary action follows the state. */
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useMay } from '../../lib/account-queries.ts';
import { type Execution, isOver } from '../../lib/api/execution.ts';
import type { StreamState } from '../../lib/event-stream.ts';
import { shortId } from '../../lib/format.ts';
import { Breadcrumb } from '../../ui/breadcrumb.tsx';
import { TookText, triggerWord } from '../../ui/execution-table.tsx';
import { Icon } from '../../ui/icon.tsx';
import { StatusBadge, statusWords } from '../../ui/status.tsx';
import { Moment } from '../../ui/time-text.tsx';
import { CostFact } from './cost-fact.tsx';
import type { ExecutionActions } from './use-execution-actions.ts';

export type HeaderProps = {
  readonly execution: Execution;
  readonly workflowName: string;
  /** Title of the step it failed at. */
  readonly failedAt: string | null;
  readonly newestVersion: number | null;
  readonly counts: string;
  readonly stream: StreamState;
  readonly actions: ExecutionActions;
  readonly onFork: (() => void) | null;
};

export function ExecutionHeader(props: HeaderProps): ReactNode {
  const { execution } = props;
  return (
    <header className="border-b border-line bg-surface">
      <div className="flex min-h-(--size-topbar) flex-wrap items-center gap-x-2.5 gap-y-2 py-2 pr-3.5 pl-4">
        <Breadcrumb
          above={[
            { to: '/executions', name: 'Executions' },
            { to: `/workflows/${execution.workflowId}`, name: props.workflowName },
          ]}
        />
        <h1 className="mono font-semibold" title={execution.id}>
          {shortId(execution.id)}
        </h1>
        <StatusBadge status={execution.status}>{statusSentence(execution, props.failedAt)}</StatusBadge>
        <div className="ml-auto flex flex-wrap items-center gap-2">
          <StreamPill stream={props.stream} over={isOver(execution.status)} />
          <HeaderActions {...props} />
        </div>
      </div>
      <dl className="flex flex-wrap gap-x-5 gap-y-1 border-t border-line px-4 py-2">
        {execution.startedAt ? (
          <Fact name="Started">
            <Moment at={execution.startedAt} />
          </Fact>
        ) : null}
        <Fact name={isOver(execution.status) ? 'Took' : 'So far'}>
          <TookText execution={execution} />
        </Fact>
        <Fact name="By">{triggerWord(execution) || 'Unknown'}</Fact>
        <Fact name="Version">
          v{execution.version}
          {props.newestVersion !== null && props.newestVersion > execution.version ? (
            <Link to={`/workflows/${execution.workflowId}`} className="link ml-1.5 text-xs">
              v{props.newestVersion} is newer
            </Link>
          ) : null}
        </Fact>
        <Fact name="Steps">{props.counts}</Fact>
        {execution.cost ? (
          <Fact name="Cost">
            <CostFact cost={execution.cost} />
          </Fact>
        ) : null}
        {execution.generation > 1 ? <Fact name="Retried">{execution.generation - 1} ×</Fact> : null}
        {execution.forkedFrom ? (
          <Fact name="Forked from">
            <Link to={`/executions/${execution.forkedFrom.executionId}`} className="link mono">
              {shortId(execution.forkedFrom.executionId)}
            </Link>
          </Fact>
        ) : null}
      </dl>
    </header>
  );
}

export function HeaderActions(props: Pick<HeaderProps, 'execution' | 'actions' | 'onFork'>): ReactNode {
  const { execution, actions, onFork } = props;
  const { status } = execution;
  if (useMay('executions.control') === false) return <span className="text-xs text-ink-3">Your role watches only</span>;
  if (!isOver(status)) {
    return (
      <>
        {status === 'paused' ? (
          <button type="button" className="btn btn-primary" aria-disabled={actions.pending} onClick={() => actions.run('resume')}>
            <Icon name="play" />
            Resume
          </button>
        ) : (
          <button type="button" className="btn" aria-disabled={actions.pending} onClick={() => actions.run('pause')}>
            <Icon name="pause" />
            Pause
          </button>
        )}
        <button type="button" className="btn" aria-disabled={actions.pending} onClick={() => actions.run('cancel')}>
          <Icon name="stop" />
          Cancel
        </button>
      </>
    );
  }
  return (
    <>
      {onFork ? (
        <button type="button" className="btn" onClick={onFork}>
          <Icon name="fork" />
          Fork
        </button>
      ) : null}
      {status === 'succeeded' ? null : (
        <button type="button" className="btn btn-primary" aria-disabled={actions.pending} onClick={() => actions.run('retry')}>
          <Icon name="retry" />
          {status === 'failed' ? 'Retry from failed step' : 'Retry'}
        </button>
      )}
    </>
  );
}

export function StreamPill(props: { readonly stream: StreamState; readonly over: boolean }): ReactNode {
  if (props.over || props.stream === 'ended') return null;
  const live = props.stream === 'live';
  return (
    <span role="status" className="flex items-center gap-2 px-1 text-xs text-ink-3">
      <span
        className={`size-[7px] rounded-full ring-3 ${live ? 'bg-succeeded ring-succeeded-soft' : 'bg-queued ring-queued-soft'}`}
        aria-hidden="true"
      />
      {live ? 'Live' : props.stream === 'connecting' ? 'Connecting' : 'Reconnecting'}
    </span>
  );
}

export function statusSentence(execution: Execution, failedAt: string | null): string {
  if (execution.stopping && !isOver(execution.status)) return execution.stopping === 'cancelled' ? 'Cancelling' : 'Stopping';
  return execution.status === 'failed' && failedAt !== null ? `Failed at ${failedAt}` : statusWords[execution.status];
}

function Fact(props: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt className="text-2xs leading-[14px] text-ink-3">{props.name}</dt>
      <dd className="font-medium whitespace-nowrap">{props.children}</dd>
    </div>
  );
}

/** Executions, newest first: status first, then what, when, how long. Two-line rows on a phone. */
import type { ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import { type Execution, isOver } from '../lib/api/execution.ts';
import { formatDuration, formatMicroUsd, shortId } from '../lib/format.ts';
import { phoneQuery, useMedia } from '../lib/use-media.ts';
import { useNow } from '../lib/use-now.ts';
import { StatusBadge } from './status.tsx';
import { TimeAgo } from './time-text.tsx';

const startedBy: Readonly<Record<string, string>> = {
  webhook: 'Webhook',
  schedule: 'Schedule',
  manual: 'By hand',
  event: 'Event',
  error: 'A failed execution',
  call: 'Another workflow',
  fork: 'Fork',
};

export function triggerWord(execution: Execution): string {
  return startedBy[execution.trigger?.kind ?? ''] ?? execution.trigger?.kind ?? '';
}

export function TookText(props: { readonly execution: Execution }): ReactNode {
  const { execution } = props;
  const live = !isOver(execution.status);
  const now = useNow(live);
  if (!execution.startedAt) return null;
  const end = execution.endedAt ? Date.parse(execution.endedAt) : now;
  return <>{formatDuration(Math.max(0, end - Date.parse(execution.startedAt)))}</>;
}

/** `nameOf` answers null where the workflow goes without saying. */
export function ExecutionTable(props: {
  readonly executions: readonly Execution[];
  readonly nameOf: (execution: Execution) => string | null;
}): ReactNode {
  const phone = useMedia(phoneQuery);
  const navigate = useNavigate();
  if (phone) return <ExecutionRows {...props} />;
  const priced = props.executions.some((execution) => execution.cost);
  const named = props.executions.some((execution) => props.nameOf(execution) !== null);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="overflow-x-auto" tabIndex={0} aria-label="List of executions">
      <table className="table tight">
        <thead>
          <tr>
            <th scope="col">Status</th>
            {named ? <th scope="col">Workflow</th> : null}
            <th scope="col">Id</th>
            <th scope="col">Started</th>
            <th scope="col">Took</th>
            <th scope="col">What happened</th>
            {priced ? (
              <th scope="col" className="num">
                Cost
              </th>
            ) : null}
            <th scope="col">Started by</th>
          </tr>
        </thead>
        <tbody>
          {props.executions.map((execution) => (
            <tr
              key={execution.id}
              className="cursor-pointer"
              onClick={(event) => {
                if (event.target instanceof Element && event.target.closest('a') === null)
                  void navigate(`/executions/${execution.id}`);
              }}
            >
              <td>
                <StatusBadge status={execution.status} />
              </td>
              {named ? (
                <td>
                  <span className="font-medium">{props.nameOf(execution)}</span>{' '}
                  <span className="text-ink-3">v{execution.version}</span>
                </td>
              ) : null}
              <td>
                <Link
                  to={`/executions/${execution.id}`}
                  className="mono rounded-xs text-ink-2 hover:text-ink hover:underline"
                  title={execution.id}
                >
                  {shortId(execution.id)}
                </Link>
              </td>
              <td className="text-ink-2">{execution.startedAt ? <TimeAgo at={execution.startedAt} /> : 'Not started'}</td>
              <td className="text-ink-2">
                <TookText execution={execution} />
              </td>
              <td className="max-w-80 truncate text-ink-2" title={execution.error?.message}>
                {execution.error?.message ?? ''}
              </td>
              {priced ? <td className="num">{execution.cost ? formatMicroUsd(execution.cost.microUsd) : ''}</td> : null}
              <td className="text-ink-3">{triggerWord(execution)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ExecutionRows(props: {
  readonly executions: readonly Execution[];
  readonly nameOf: (execution: Execution) => string | null;
}): ReactNode {
  return (
    <ul>
      {props.executions.map((execution) => (
        <li key={execution.id} className="border-b border-line last:border-0">
          <Link
            to={`/executions/${execution.id}`}
            className="flex min-h-14 flex-col justify-center gap-1 px-3 py-2 -outline-offset-2"
          >
            <span className="flex items-center gap-2">
              <span className="min-w-0 flex-1 truncate text-base font-medium">
                {props.nameOf(execution) ?? shortId(execution.id)}
              </span>
              <StatusBadge status={execution.status} />
            </span>
            <span className="truncate text-xs text-ink-3">
              {execution.startedAt ? <TimeAgo at={execution.startedAt} /> : 'Not started'} · <TookText execution={execution} />
              {execution.error ? ` · ${execution.error.message}` : ''}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

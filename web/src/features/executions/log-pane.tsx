/** The execution's log under the timeline, of one step or all. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type LogLine, LogPage } from '../../lib/api/execution.ts';
import { useApi } from '../../lib/console-context.tsx';
import { keys } from '../../lib/queries.ts';
import { Icon } from '../../ui/icon.tsx';
import { LogLines } from './log-lines.tsx';

export type LogQuery = ReturnType<typeof useExecutionLogs>;

export function useExecutionLogs(id: string, live: boolean, steps: number) {
  const api = useApi();
  const query = useInfiniteQuery({
    queryKey: keys.logs(id),
    queryFn: ({ pageParam, signal }) =>
      api.call(`/v1/executions/${encodeURIComponent(id)}/logs`, LogPage, { query: { limit: 200, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    // Reading the log of a large execution costs the server as much as reading all of its steps.
    ...(live && steps < 1_000 ? { refetchInterval: 2_000 } : {}),
  });
  const lines = query.data?.pages.flatMap((page) => page.items) ?? [];
  return { lines, failed: query.isError, more: query.hasNextPage, next: () => void query.fetchNextPage() };
}

export function LogPane(props: {
  readonly logs: LogQuery;
  readonly nameOf: (nodeId: string) => string;
  readonly selected: string | null;
}): ReactNode {
  const [all, setAll] = useState(true);
  const { logs, selected } = props;
  const shown: readonly LogLine[] = all || selected === null ? logs.lines : logs.lines.filter((line) => line.nodeId === selected);
  return (
    <section
      aria-label="Log"
      className="flex h-48 shrink-0 flex-col border-t border-line bg-surface max-md:h-auto max-md:flex-1 max-md:border-0"
    >
      <div className="flex h-9.5 shrink-0 items-center gap-2 border-b border-line px-4">
        <h2 className="font-medium">Log</h2>
        {selected === null ? null : (
          <button type="button" className="chip" aria-pressed={!all} onClick={() => setAll(!all)}>
            {all ? 'All steps' : props.nameOf(selected)}
            <Icon name={all ? 'down' : 'x'} className="size-3.5!" />
          </button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="min-h-0 flex-1 overflow-auto px-4 py-1 -outline-offset-2" tabIndex={0} aria-label="Log lines">
        {shown.length === 0 ? (
          <p className="py-2 text-ink-3">
            {logs.failed
              ? 'The log could not be read just now.'
              : 'No log lines. Scripts write here with their log function; steps write here when they are tried again.'}
          </p>
        ) : (
          <LogLines lines={shown} nameOf={props.nameOf} />
        )}
        {logs.more ? (
          <button type="button" className="btn btn-sm my-1" onClick={logs.next}>
            Load more lines
          </button>
        ) : null}
      </section>
    </section>
  );
}

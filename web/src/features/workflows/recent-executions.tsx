import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useExecutions } from '../../lib/queries.ts';
import { ExecutionTable } from '../../ui/execution-table.tsx';
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';

/** The workflow's own executions, newest first. */
export function RecentExecutions(props: { readonly workflowId: string }): ReactNode {
  const query = useExecutions({ workflowId: props.workflowId }, { refreshMs: 3_000 });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-auto p-4 md:px-8">
      {query.isError ? (
        <ErrorNotice title="The executions could not be read" error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      <section aria-label="Executions" className="surface-card">
        {query.isPending ? (
          <SkeletonRows label="Reading executions" />
        ) : items.length === 0 ? (
          <EmptyState title="It has not run yet">
            <p>Press Run, or switch it on and let its trigger start it. Every execution is kept here, step by step.</p>
          </EmptyState>
        ) : (
          <ExecutionTable executions={items} nameOf={() => null} />
        )}
      </section>
      <Link className="link self-start" to={`/executions?workflow=${props.workflowId}`}>
        Filter these executions
      </Link>
    </div>
  );
}

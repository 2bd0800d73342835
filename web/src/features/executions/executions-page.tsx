/** History: filters in the address, newest first, live. */
import { ExecutionStatus } from '@automateos/shared/model/execution';
import { type ReactNode, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { useExecutions, useWorkflows } from '../../lib/queries.ts';
import { ExecutionTable } from '../../ui/execution-table.tsx';
import { HistoryNav } from '../../ui/history-nav.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { CommandLine, EmptyState, ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { statusWords } from '../../ui/status.tsx';
import { Tile } from '../../ui/tile.tsx';

const periods: readonly { readonly value: string; readonly label: string; readonly ms: number }[] = [
  { value: '1h', label: 'Last hour', ms: 3_600_000 },
  { value: '24h', label: 'Last 24 hours', ms: 86_400_000 },
  { value: '7d', label: 'Last 7 days', ms: 604_800_000 },
];

export function ExecutionsPage(): ReactNode {
  const [params, setParams] = useSearchParams();
  const status = params.get('status') ?? '';
  const workflowId = params.get('workflow') ?? '';
  const period = params.get('started') ?? '';
  // The start of the period stays still while the page is open, or every tick would be another list.
  const from = useMemo(() => {
    const chosen = periods.find((each) => each.value === period);
    return chosen ? new Date(Date.now() - chosen.ms).toISOString() : undefined;
  }, [period]);
  const query = useExecutions({ status: status || undefined, workflowId: workflowId || undefined, from }, { refreshMs: 3_000 });
  const workflows = useWorkflows('');
  const names = useMemo(
    () => new Map(workflows.data?.pages.flatMap((page) => page.items).map((workflow) => [workflow.id, workflow.name])),
    [workflows.data],
  );
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = status !== '' || workflowId !== '' || period !== '';
  const set = (name: string, value: string): void => {
    setParams((old) => {
      const next = new URLSearchParams(old);
      if (value === '') next.delete(name);
      else next.set(name, value);
      return next;
    });
  };
  return (
    <Page title="Executions" lead="Every run, step by step, newest first." actions={<HistoryNav />}>
      <search className="flex flex-wrap items-center gap-2" aria-label="Filter executions">
        <Filter
          label="Status"
          value={status}
          onChange={(value) => set('status', value)}
          options={ExecutionStatus.options.map((value) => ({ value, label: statusWords[value] }))}
        />
        <Filter
          label="Workflow"
          value={workflowId}
          onChange={(value) => set('workflow', value)}
          options={[...names].map(([value, label]) => ({ value, label }))}
        />
        <Filter label="Started" value={period} onChange={(value) => set('started', value)} options={periods} />
        {filtered ? (
          <button type="button" className="btn btn-ghost" onClick={() => setParams({})}>
            Clear
          </button>
        ) : null}
      </search>
      {query.isError ? (
        <ErrorNotice title="The executions could not be read" error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      <section aria-label="Executions" className="surface-card">
        {query.isPending ? (
          <SkeletonRows label="Reading executions" />
        ) : items.length === 0 ? (
          <NoExecutions filtered={filtered} onClear={() => setParams({})} />
        ) : (
          <ExecutionTable
            executions={items}
            nameOf={(execution) => execution.workflowName ?? names.get(execution.workflowId) ?? 'A deleted workflow'}
          />
        )}
      </section>
      <LoadMore query={query} />
    </Page>
  );
}

function Filter(props: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
}): ReactNode {
  return (
    <select
      aria-label={props.label}
      className="input max-w-60"
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
    >
      <option value="">{props.label}: any</option>
      {props.options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

function NoExecutions(props: { readonly filtered: boolean; readonly onClear: () => void }): ReactNode {
  if (props.filtered) {
    return (
      <EmptyState
        title="No execution matches"
        action={
          <button type="button" className="btn" onClick={props.onClear}>
            Clear the filters
          </button>
        }
      >
        <p>Others may, without the filters.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<Tile icon="runs" kind="flow" />} title="Nothing has run yet">
      <p>
        Each time a workflow starts, its steps appear here with what went in and what came out. Open a workflow and press Run, or
        send its webhook a request:
      </p>
      <CommandLine
        text={`curl -X POST ${window.location.origin}/hooks/<workflow id> -H 'content-type: application/json' -d '{"total": 120}'`}
        label="Copy command"
      />
    </EmptyState>
  );
}

/** What exists and whether it is on. The newest execution of each workflow stands beside it. */
import { type ReactNode, useMemo } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { useMay } from '../../lib/account-queries.ts';
import type { Execution } from '../../lib/api/execution.ts';
import type { Workflow } from '../../lib/api/workflow.ts';
import { formatCount } from '../../lib/format.ts';
import { createNodeCatalogue, type NodeCatalogue, useNodeCatalogue } from '../../lib/node-catalogue.ts';
import { useExecutions, useWorkflows } from '../../lib/queries.ts';
import { phoneQuery, useMedia } from '../../lib/use-media.ts';
import { Icon } from '../../ui/icon.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { CommandLine, EmptyState, ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { StatusShape, statusWords } from '../../ui/status.tsx';
import { Tile } from '../../ui/tile.tsx';
import { TimeAgo } from '../../ui/time-text.tsx';
import { ActivateSwitch } from './activate-switch.tsx';

export function WorkflowsPage(): ReactNode {
  const [params, setParams] = useSearchParams();
  const search = params.get('q') ?? '';
  const query = useWorkflows(search);
  const recent = useExecutions({}, { limit: 100, refreshMs: 5_000 });
  const catalogue = useNodeCatalogue();
  const mayWrite = useMay('workflows.write');
  const phone = useMedia(phoneQuery);
  const workflows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const newest = useMemo(() => newestByWorkflow(recent.data?.pages.flatMap((page) => page.items) ?? []), [recent.data]);
  const active = workflows.filter((workflow) => workflow.active).length;
  const lead =
    workflows.length === 0
      ? undefined
      : `${active} of ${formatCount(workflows.length, 'workflow')}${query.hasNextPage ? ' shown' : ''} ${active === 1 ? 'is' : 'are'} on.`;
  return (
    <Page
      title="Workflows"
      lead={lead}
      actions={
        mayWrite === false ? null : (
          <>
            <Link to="/workflows/import" className="btn">
              <Icon name="upload" />
              Import
            </Link>
            <Link to="/workflows/new" className="btn btn-primary">
              <Icon name="plus" />
              New workflow
              <kbd className="key max-md:hidden">N</kbd>
            </Link>
          </>
        )
      }
    >
      {query.isError ? (
        <ErrorNotice title="The workflows could not be read" error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      <section aria-label="Workflows" className="surface-card">
        <div className="flex items-center gap-2 border-b border-line p-3">
          <input
            type="search"
            className="input md:w-60"
            placeholder="Find a workflow"
            aria-label="Find a workflow"
            value={search}
            onChange={(event) => setParams(event.target.value === '' ? {} : { q: event.target.value }, { replace: true })}
          />
        </div>
        {query.isPending ? (
          <SkeletonRows label="Reading workflows" />
        ) : workflows.length === 0 ? (
          <NoWorkflows search={search} mayWrite={mayWrite !== false} onClear={() => setParams({}, { replace: true })} />
        ) : phone ? (
          <WorkflowCards workflows={workflows} newest={newest} catalogue={catalogue} />
        ) : (
          <WorkflowTable workflows={workflows} newest={newest} catalogue={catalogue} />
        )}
      </section>
      <LoadMore query={query} />
    </Page>
  );
}

type ListProps = {
  readonly workflows: readonly Workflow[];
  readonly newest: ReadonlyMap<string, Execution>;
  readonly catalogue: NodeCatalogue;
};

function WorkflowTable(props: ListProps): ReactNode {
  const navigate = useNavigate();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="overflow-x-auto" tabIndex={0} aria-label="List of workflows">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">On</th>
            <th scope="col">Name</th>
            <th scope="col">Tags</th>
            <th scope="col">Last execution</th>
            <th scope="col">Changed</th>
          </tr>
        </thead>
        <tbody>
          {props.workflows.map((workflow) => (
            <tr
              key={workflow.id}
              className="cursor-pointer"
              onClick={(event) => openRow(event.target, () => void navigate(`/workflows/${workflow.id}`))}
            >
              <td className="w-9 pr-0!">
                <ActivateSwitch workflow={workflow} />
              </td>
              <td>
                <WorkflowName workflow={workflow} catalogue={props.catalogue} />
              </td>
              <td>
                {(workflow.tags ?? []).slice(0, 3).map((tag) => (
                  <span key={tag} className="chip mr-1 h-5!">
                    {tag}
                  </span>
                ))}
              </td>
              <td>
                <LastExecution execution={props.newest.get(workflow.id)} />
              </td>
              <td className="text-ink-2">{workflow.updatedAt ? <TimeAgo at={workflow.updatedAt} /> : null}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function WorkflowCards(props: ListProps): ReactNode {
  return (
    <ul>
      {props.workflows.map((workflow) => (
        <li key={workflow.id} className="flex items-center gap-3 border-b border-line p-3 last:border-0">
          <div className="flex min-w-0 flex-1 flex-col gap-1">
            <WorkflowName workflow={workflow} catalogue={props.catalogue} />
            <div className="pl-11 text-xs">
              <LastExecution execution={props.newest.get(workflow.id)} />
            </div>
          </div>
          <ActivateSwitch workflow={workflow} />
        </li>
      ))}
    </ul>
  );
}

function WorkflowName(props: { readonly workflow: Workflow; readonly catalogue: NodeCatalogue }): ReactNode {
  const { workflow, catalogue } = props;
  const first =
    workflow.triggers?.[0]?.type ?? workflow.definition?.nodes.find((node) => catalogue.kindOf(node) === 'trigger')?.type;
  const type = first === undefined ? undefined : (catalogue.find(first) ?? createNodeCatalogue([]).find(first));
  return (
    <div className="flex items-center gap-3">
      <Tile icon={type?.icon ?? 'flow'} kind={type ? 'trigger' : 'flow'} />
      <div className="min-w-0">
        <Link to={`/workflows/${workflow.id}`} className="block truncate rounded-xs text-base font-semibold">
          {workflow.name}
        </Link>
        <div className="truncate text-xs text-ink-3">
          {type ? `${type.title} · ` : ''}v{workflow.version}
          {workflow.active && workflow.activeVersion && workflow.activeVersion !== workflow.version
            ? `, v${workflow.activeVersion} is on`
            : ''}
        </div>
      </div>
    </div>
  );
}

function LastExecution(props: { readonly execution: Execution | undefined }): ReactNode {
  const { execution } = props;
  if (!execution) return <span className="text-ink-3">Not lately</span>;
  return (
    <Link to={`/executions/${execution.id}`} className="inline-flex items-center gap-1.5 rounded-xs text-ink-2 hover:text-ink">
      <StatusShape status={execution.status} label={statusWords[execution.status]} />
      {execution.startedAt ? <TimeAgo at={execution.startedAt} /> : statusWords[execution.status]}
    </Link>
  );
}

function NoWorkflows(props: { readonly search: string; readonly mayWrite: boolean; readonly onClear: () => void }): ReactNode {
  if (props.search !== '') {
    return (
      <EmptyState
        title={`No workflow is called “${props.search}”`}
        action={
          <button type="button" className="btn" onClick={props.onClear}>
            Clear the search
          </button>
        }
      >
        <p>The search looks at names and tags.</p>
      </EmptyState>
    );
  }
  if (!props.mayWrite) {
    return (
      <EmptyState icon={<Tile icon="flow" kind="flow" />} title="No workflows yet">
        <p>Your role sees workflows and makes none. What editors make appears here.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Tile icon="flow" kind="flow" />}
      title="No workflows yet"
      action={
        <Link to="/workflows/new" className="btn">
          Write the first one
        </Link>
      }
    >
      <p>
        A workflow waits for a trigger, runs its steps one after the other and remembers every one of them. Paste one as YAML
        here, or send a file from a terminal:
      </p>
      <CommandLine text="npm run automateos -- apply workflow.yaml" label="Copy command" />
    </EmptyState>
  );
}

function newestByWorkflow(executions: readonly Execution[]): ReadonlyMap<string, Execution> {
  const newest = new Map<string, Execution>();
  for (const execution of executions) if (!newest.has(execution.workflowId)) newest.set(execution.workflowId, execution);
  return newest;
}

/** A click on a row opens it, unless it hit something that acts by itself. */
function openRow(target: EventTarget, open: () => void): void {
  if (target instanceof Element && target.closest('a, button, input') === null) open();
}

/** One workflow: its graph (read-only), its YAML, its recent executions; run it, switch it on, copy its webhook's address. */
import { lazy, type ReactNode, Suspense, useMemo, useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { useMay } from '../../lib/account-queries.ts';
import type { Workflow } from '../../lib/api/workflow.ts';
import { useNodeCatalogue } from '../../lib/node-catalogue.ts';
import { useWorkflow } from '../../lib/queries.ts';
import { Breadcrumb } from '../../ui/breadcrumb.tsx';
import { buildCards, buildEdges } from '../../ui/graph/graph-model.ts';
import { WorkflowGraph } from '../../ui/graph/workflow-graph.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { useTitle } from '../../ui/page.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { ActivateNewest, isBehind } from './activate-newest.tsx';
import { ActivateSwitch } from './activate-switch.tsx';
import { NodePanel } from './node-panel.tsx';
import { RecentExecutions } from './recent-executions.tsx';
import { RunDialog } from './run-dialog.tsx';
import { WebhookBar } from './webhook-bar.tsx';

/** The YAML parser comes only with the view that needs it. */
const WorkflowYaml = lazy(async () => ({ default: (await import('./workflow-yaml.tsx')).WorkflowYaml }));

type View = 'graph' | 'yaml' | 'executions';

export function WorkflowPage(): ReactNode {
  const id = useParams().workflowId ?? '';
  const query = useWorkflow(id);
  useTitle(query.data?.name ?? 'Workflow');
  if (query.data) return <LoadedWorkflow workflow={query.data} />;
  if (query.isError) {
    return (
      <div className="p-4 md:p-8">
        <h1 className="sr-only">Workflow</h1>
        <ErrorNotice title="This workflow could not be read" error={query.error} onRetry={() => void query.refetch()}>
          <Link to="/workflows" className="link">
            See all workflows
          </Link>
        </ErrorNotice>
      </div>
    );
  }
  return <SkeletonRows label="Reading the workflow" />;
}

function LoadedWorkflow(props: { readonly workflow: Workflow }): ReactNode {
  const { workflow } = props;
  const catalogue = useNodeCatalogue();
  const [params, setParams] = useSearchParams();
  const [running, setRunning] = useState(false);
  const mayStart = useMay('executions.start') !== false;
  const view = viewOf(params.get('view'));
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-surface px-4 py-2.5">
        <Breadcrumb above={[{ to: '/workflows', name: 'Workflows' }]} className="max-md:hidden" />
        <h1 className="min-w-0 truncate font-semibold">{workflow.name}</h1>
        <span className="text-xs text-ink-3">v{workflow.version}</span>
        <Segmented
          label="View"
          className="max-md:order-last max-md:w-full max-md:[&>button]:flex-1"
          value={view}
          onChange={(next) => setParams(next === 'graph' ? {} : { view: next })}
          options={[
            { value: 'graph', label: 'Graph' },
            { value: 'yaml', label: 'YAML' },
            { value: 'executions', label: 'Executions' },
          ]}
        />
        <span className="ml-auto flex flex-wrap items-center gap-3">
          {isBehind(workflow) ? <ActivateNewest workflow={workflow} /> : null}
          <span className="flex items-center gap-2">
            <ActivateSwitch workflow={workflow} />
            <span className="text-ink-2" aria-hidden="true">
              {workflow.active ? 'On' : 'Off'}
            </span>
          </span>
          {mayStart ? (
            <button type="button" className="btn btn-primary" onClick={() => setRunning(true)}>
              <Icon name="play" />
              Run
            </button>
          ) : (
            <span className="text-xs text-ink-3">Your role watches; operators run</span>
          )}
        </span>
      </header>
      <WebhookBar workflow={workflow} />
      {view === 'yaml' ? (
        <Suspense fallback={<SkeletonRows label="Opening the YAML" rows={3} />}>
          <WorkflowYaml workflow={workflow} />
        </Suspense>
      ) : view === 'executions' ? (
        <RecentExecutions workflowId={workflow.id} />
      ) : (
        <GraphView workflow={workflow} />
      )}
      {running ? <RunDialog workflow={workflow} catalogue={catalogue} onClose={() => setRunning(false)} /> : null}
    </div>
  );
}

function GraphView(props: { readonly workflow: Workflow }): ReactNode {
  const catalogue = useNodeCatalogue();
  const [params, setParams] = useSearchParams();
  const { definition } = props.workflow;
  const cards = useMemo(() => (definition ? buildCards(definition, catalogue) : []), [definition, catalogue]);
  const edges = useMemo(() => (definition ? buildEdges(definition, catalogue) : []), [definition, catalogue]);
  const selected = definition?.nodes.find((node) => node.id === params.get('step'));
  const select = useMemo(() => (id: string) => setParams({ step: id }), [setParams]);
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className="min-w-0 flex-1">
        <WorkflowGraph
          label={`Graph of ${props.workflow.name}`}
          cards={cards}
          edges={edges}
          selectedId={selected?.id ?? null}
          onSelect={select}
        />
      </div>
      {selected ? (
        <NodePanel
          key={selected.id}
          node={selected}
          catalogue={catalogue}
          workflowId={props.workflow.id}
          onClose={() => setParams({})}
        />
      ) : null}
    </div>
  );
}

function viewOf(value: string | null): View {
  return value === 'yaml' || value === 'executions' ? value : 'graph';
}

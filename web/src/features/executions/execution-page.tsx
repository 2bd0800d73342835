/** One execution, live or past: graph, timeline with log, inspector; one selection for all three. */
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import { useNodeCatalogue } from '../../lib/node-catalogue.ts';
import { useVersionDefinition } from '../../lib/version-definition.ts';
import { ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { useTitle } from '../../ui/page.tsx';
import { ExecutionView } from './execution-view.tsx';
import { useExecution } from './use-execution.ts';

export function ExecutionPage(): ReactNode {
  const id = useParams().executionId ?? '';
  return <ExecutionLoader key={id} id={id} />;
}

function ExecutionLoader(props: { readonly id: string }): ReactNode {
  const live = useExecution(props.id);
  const { execution } = live;
  const definition = useVersionDefinition(execution?.workflowId ?? '', execution?.version ?? 0);
  const catalogue = useNodeCatalogue();
  useTitle(execution ? `${execution.workflowName ?? 'Execution'}, ${execution.status}` : 'Execution');
  if (live.error) {
    return (
      <div className="p-4 md:p-8">
        <h1 className="sr-only">Execution</h1>
        <ErrorNotice title="This execution could not be read" error={live.error} onRetry={live.reload}>
          <Link to="/executions" className="link">
            See all executions
          </Link>
        </ErrorNotice>
      </div>
    );
  }
  if (!execution || definition.isPending) return <SkeletonRows label="Reading the execution" rows={6} />;
  return (
    <ExecutionView
      live={live}
      execution={execution}
      definition={definition.data ?? impliedDefinition(live)}
      definitionLost={definition.isError}
      catalogue={catalogue}
    />
  );
}

/** Where the workflow was deleted, the steps that ran still say what there was. */
function impliedDefinition(live: ReturnType<typeof useExecution>) {
  const ids = new Set([...live.steps.values()].map((step) => step.nodeId));
  return {
    name: live.execution?.workflowName ?? '',
    nodes: [...ids].map((id) => ({ id, type: 'unknown', params: {} })),
    edges: [],
  };
}

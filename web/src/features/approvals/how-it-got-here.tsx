/** The steps that came before the question, so that it can be judged without leaving the page. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Execution } from '../../lib/api/execution.ts';
import { useApi } from '../../lib/console-context.tsx';
import { formatClock } from '../../lib/format.ts';
import { useNodeCatalogue } from '../../lib/node-catalogue.ts';
import { keys } from '../../lib/queries.ts';
import { StatusShape, statusWords } from '../../ui/status.tsx';
import { Tile } from '../../ui/tile.tsx';

const mostSteps = 12;

export function HowItGotHere(props: { readonly executionId: string }): ReactNode {
  const api = useApi();
  const catalogue = useNodeCatalogue();
  const path = `/v1/executions/${encodeURIComponent(props.executionId)}`;
  const query = useQuery({
    queryKey: [...keys.execution(props.executionId), 'story'],
    queryFn: ({ signal }) => api.call(path, Execution, { signal }),
    retry: false,
  });
  const steps = (query.data?.steps ?? []).filter((step) => step.scope === '' && step.startedAt).slice(-mostSteps);
  return (
    <section aria-label="How it got here" className="flex flex-col">
      <div className="flex items-center">
        <h3 className="flex-1 font-semibold">How it got here</h3>
        <Link className="link" to={`/executions/${props.executionId}`}>
          Open execution
        </Link>
      </div>
      <ul>
        {steps.map((step) => {
          const type = typeof step.type === 'string' ? step.type : '';
          const label = typeof step.label === 'string' ? { label: step.label } : {};
          const node = { id: step.nodeId, type, params: {}, ...label };
          return (
            <li key={step.nodeId} className="flex min-h-9 items-center gap-2.5 border-b border-line last:border-0">
              <Tile icon={catalogue.iconOf(node)} kind={catalogue.kindOf(node)} size="sm" />
              <span className="min-w-0 flex-1 truncate font-medium">{catalogue.titleOf(node)}</span>
              <span className="text-xs text-ink-3">{formatClock(step.startedAt ?? '')}</span>
              <StatusShape status={step.status} label={statusWords[step.status]} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

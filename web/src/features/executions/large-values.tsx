import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Execution } from '../../lib/api/execution.ts';
import { type Step, StepPage } from '../../lib/api/step.ts';
import { useApi } from '../../lib/console-context.tsx';
import { ErrorNotice } from '../../ui/notices.tsx';

/** Values that were too large for the execution's answer are read when somebody asks for them. */
export function LargeValues(props: {
  readonly execution: Execution;
  readonly step: Step | undefined;
  readonly onLoaded: (step: Step) => void;
}): ReactNode {
  const { execution, step, onLoaded } = props;
  const api = useApi();
  const load = useMutation({
    mutationFn: async () => {
      const path = `/v1/executions/${encodeURIComponent(execution.id)}/steps`;
      const page = await api.call(path, StepPage, { query: { nodeId: step?.nodeId, scope: step?.scope, limit: 1 } });
      return page.items[0];
    },
    onSuccess: (found) => {
      if (found) onLoaded(found);
    },
  });
  if (!step?.truncated) return null;
  if (load.isError) return <ErrorNotice title="The values could not be read" error={load.error} onRetry={() => load.mutate()} />;
  if (load.data?.truncated)
    return (
      <p className="text-ink-2">The values of this step are too large to show here. The command line can save them to a file.</p>
    );
  return (
    <div className="flex items-center gap-3 rounded-md bg-sunken p-3">
      <span className="flex-1 text-ink-2">The values of this step are large and were left out.</span>
      <button type="button" className="btn btn-sm" aria-disabled={load.isPending} onClick={() => load.mutate()}>
        Load them
      </button>
    </div>
  );
}

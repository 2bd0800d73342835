/** The page of one execution: one model, two layouts. */
import type { ReactNode } from 'react';
import type { Execution } from '../../lib/api/execution.ts';
import { formatDuration } from '../../lib/format.ts';
import { phoneQuery, useMedia } from '../../lib/use-media.ts';
import { ErrorNotice } from '../../ui/notices.tsx';
import { statusWords } from '../../ui/status.tsx';
import { ExecutionDesk } from './execution-desk.tsx';
import { ExecutionPhone } from './execution-phone.tsx';
import { ForkDialog } from './fork-dialog.tsx';
import { type ExecutionViewProps, useExecutionModel } from './use-execution-model.ts';

export function ExecutionView(props: ExecutionViewProps): ReactNode {
  const model = useExecutionModel(props);
  const phone = useMedia(phoneQuery);
  const { execution, actions } = model;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Announcement execution={execution} />
      {actions.error ? (
        <div className="p-3">
          <ErrorNotice title="That was not done" error={actions.error} onRetry={actions.dismiss} />
        </div>
      ) : null}
      {phone ? <ExecutionPhone model={model} /> : <ExecutionDesk model={model} />}
      {model.forkNode ? (
        <ForkDialog
          execution={execution}
          definition={props.definition}
          node={model.forkNode}
          catalogue={props.catalogue}
          onClose={model.closeFork}
        />
      ) : null}
    </div>
  );
}

/** One polite sentence when the execution changes its state; failures are assertive. */
function Announcement(props: { readonly execution: Execution }): ReactNode {
  const { execution } = props;
  const took =
    execution.startedAt && execution.endedAt
      ? ` in ${formatDuration(Date.parse(execution.endedAt) - Date.parse(execution.startedAt))}`
      : '';
  return (
    <p className="sr-only" aria-live={execution.status === 'failed' ? 'assertive' : 'polite'}>
      {statusWords[execution.status]}
      {took}
    </p>
  );
}

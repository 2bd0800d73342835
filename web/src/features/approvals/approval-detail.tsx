/** One approval: the question, the facts, what happens if nobody answers, and how it was decided. */
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Approval } from '../../lib/api/approval.ts';
import { shortId } from '../../lib/format.ts';
import { useApproval } from '../../lib/queries.ts';
import { Icon } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json-value.tsx';
import { ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { StatusBadge } from '../../ui/status.tsx';
import { Moment } from '../../ui/time-text.tsx';
import { DecisionForm } from './decision-form.tsx';
import { HowItGotHere } from './how-it-got-here.tsx';
import { outcomeOf } from './outcome.ts';

/** `back` leads to the list where it is not beside it. */
export function ApprovalDetail(props: { readonly id: string; readonly back: string | null }): ReactNode {
  const query = useApproval(props.id);
  const approval = query.data;
  return (
    <section aria-label="Approval" className="flex min-h-0 min-w-0 flex-1 flex-col">
      {props.back === null ? null : (
        <h1 className="border-b border-line bg-surface">
          <Link to={props.back} className="link flex min-h-12 items-center gap-2 px-4">
            <Icon name="left" /> Approvals
          </Link>
        </h1>
      )}
      {query.isPending ? <SkeletonRows label="Reading the approval" rows={3} /> : null}
      {query.isError ? (
        <div className="p-4">
          <ErrorNotice title="The approval could not be read" error={query.error} onRetry={() => void query.refetch()} />
        </div>
      ) : null}
      {approval === undefined ? null : (
        <DecisionForm approval={approval} after={<HowItGotHere executionId={approval.executionId} />}>
          <Question approval={approval} />
        </DecisionForm>
      )}
    </section>
  );
}

function Question(props: { readonly approval: Approval }): ReactNode {
  const { approval } = props;
  const outcome = outcomeOf(approval);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-3">
        <StatusBadge status={outcome.status}>
          {approval.status === 'pending' && approval.assignees.length > 0
            ? `Waiting for ${approval.assignees.join(', ')}`
            : outcome.word}
        </StatusBadge>
        <span>
          {approval.workflowName} · execution{' '}
          <Link className="link mono text-xs" to={`/executions/${approval.executionId}`}>
            {shortId(approval.executionId)}
          </Link>{' '}
          · step {approval.nodeId}
        </span>
      </div>
      <h2 className="text-xl font-semibold tracking-[-0.012em] break-words">{approval.title}</h2>
      {approval.description ? (
        <p className="max-w-160 break-words whitespace-pre-line text-ink-2">{approval.description}</p>
      ) : null}
      {approval.status === 'pending' ? null : <Decided approval={approval} />}
    </>
  );
}

function Decided(props: { readonly approval: Approval }): ReactNode {
  const { approval } = props;
  if (!approval.decidedAt) return null;
  return (
    <div className="flex flex-col gap-3">
      <p>
        {outcomeOf(approval).word} <Moment at={approval.decidedAt} />
        {approval.decidedBy ? <span className="text-ink-3"> by {approval.decidedBy}</span> : null}
      </p>
      {approval.comment ? <blockquote className="border-l-2 border-line pl-3 text-ink-2">{approval.comment}</blockquote> : null}
      {approval.data === undefined || approval.data === null ? null : (
        <JsonView title="Filled in" value={approval.data} empty="Nothing was filled in." />
      )}
    </div>
  );
}

/** One dead letter: what happened, what was tried, what the message said, and what can be done about it. */
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { DeadLetterDetail as Letter } from '../../lib/api/dead-letter.ts';
import { shortId } from '../../lib/format.ts';
import { useDeadLetter } from '../../lib/queries.ts';
import { Icon } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json-value.tsx';
import { ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { StatusBadge } from '../../ui/status.tsx';
import { Moment } from '../../ui/time-text.tsx';
import { DeliveryView } from './delivery-view.tsx';
import { LetterActions } from './letter-actions.tsx';
import { closedBy, letterPlace, letterTitle, standingOf, stepTitle } from './letter-words.ts';

/** `back` leads to the list where it is not beside it; `list` is where to go once the letter is closed. */
export function DeadLetterDetail(props: { readonly id: string; readonly list: string; readonly back: string | null }): ReactNode {
  const query = useDeadLetter(props.id);
  const letter = query.data;
  return (
    <section aria-label="Dead letter" className="flex min-h-0 min-w-0 flex-1 flex-col">
      {props.back === null ? null : (
        <h1 className="border-b border-line bg-surface">
          <Link to={props.back} className="link flex min-h-12 items-center gap-2 px-4">
            <Icon name="left" /> Dead letters
          </Link>
        </h1>
      )}
      {query.isPending ? <SkeletonRows label="Reading the dead letter" rows={3} /> : null}
      {query.isError ? (
        <div className="p-4">
          <ErrorNotice title="The dead letter could not be read" error={query.error} onRetry={() => void query.refetch()} />
        </div>
      ) : null}
      {letter === undefined ? null : (
        <LetterActions letter={letter} list={props.list}>
          <Facts letter={letter} />
          {letter.step?.input === undefined || letter.step.input === null ? null : (
            <JsonView title="What the step was tried with" value={letter.step.input} empty="" />
          )}
          {letter.delivery ? <DeliveryView delivery={letter.delivery} /> : null}
        </LetterActions>
      )}
    </section>
  );
}

function Facts(props: { readonly letter: Letter }): ReactNode {
  const { letter } = props;
  const standing = standingOf(letter);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-3">
        <StatusBadge status={standing.status}>{standing.word}</StatusBadge>
        <span>
          {letterPlace(letter)}
          {letter.executionId ? (
            <>
              {' · '}execution{' '}
              <Link className="link mono text-xs" to={executionPath(letter)}>
                {shortId(letter.executionId)}
              </Link>
            </>
          ) : null}
          {letter.nodeId ? ` · step ${stepTitle(letter)}` : null}
          {letter.scope ? ` in ${letter.scope}` : null}
        </span>
      </div>
      <h2 className="text-xl font-semibold tracking-[-0.012em] break-words">{letterTitle(letter)}</h2>
      <p className="max-w-160 break-words text-ink-2">
        {letter.message}. <Moment at={letter.createdAt} />
      </p>
      <Closed letter={letter} />
    </>
  );
}

function Closed(props: { readonly letter: Letter }): ReactNode {
  const { letter } = props;
  const at = letter.status === 'redriven' ? letter.redrivenAt : letter.discardedAt;
  if (letter.status === 'open' || !at) return null;
  return (
    <div className="flex flex-col gap-2">
      <p>
        {standingOf(letter).word} <Moment at={at} /> <span className="text-ink-3">{closedBy(letter)}</span>
      </p>
      {letter.editedParams && letter.editedParams.length > 0 ? (
        <p className="text-ink-2">With another {letter.editedParams.join(', ')}.</p>
      ) : null}
      {letter.discardReason ? (
        <blockquote className="border-l-2 border-line pl-3 break-words text-ink-2">{letter.discardReason}</blockquote>
      ) : null}
    </div>
  );
}

function executionPath({ executionId, nodeId }: Letter): string {
  return `/executions/${executionId}${nodeId ? `?step=${encodeURIComponent(nodeId)}` : ''}`;
}

/** All open letters that the filter finds, a hundred at a time: what is done stays done, and what could not be done is named. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { LettersHandled } from '../../lib/api/dead-letter.ts';
import { useApi } from '../../lib/console-context.tsx';
import { formatCount } from '../../lib/format.ts';
import { keys, type LetterFilter } from '../../lib/queries.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/notices.tsx';

export type ManyVerb = 'redrive' | 'discard';
type Item = LettersHandled['items'][number];

const words = {
  redrive: {
    title: 'Redrive all',
    lead: 'Every execution with an open dead letter goes on from its failed steps, and messages are sent again.',
    button: 'Redrive all that are open',
    done: 'redriven',
  },
  discard: {
    title: 'Discard all',
    lead: 'Nothing is done about them. Their executions stay failed, and the letters stay in the list of discarded ones.',
    button: 'Discard all that are open',
    done: 'discarded',
  },
} as const;

const shownProblems = 10;

export function ManyDialog(props: {
  readonly verb: ManyVerb;
  readonly filter: Omit<LetterFilter, 'status'>;
  readonly onClose: () => void;
}): ReactNode {
  const { verb, filter } = props;
  const api = useApi();
  const client = useQueryClient();
  const [items, setItems] = useState<readonly Item[]>([]);
  const work = useMutation({
    mutationFn: async () => {
      let cursor: string | undefined;
      do {
        const json = { filter, ...(cursor === undefined ? {} : { cursor }) };
        const page: LettersHandled = await api.call(`/v1/dead-letters/${verb}`, LettersHandled, { method: 'POST', json });
        setItems((before) => [...before, ...page.items]);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
    },
    onSettled: () => Promise.all([keys.deadLetters, keys.executions].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  const { title, lead, button, done } = words[verb];
  const failed = items.filter(({ ok }) => !ok);
  return (
    <Dialog
      title={title}
      onClose={props.onClose}
      foot={
        work.isSuccess ? (
          <button type="button" className="btn btn-primary" onClick={props.onClose}>
            Done
          </button>
        ) : (
          <>
            <button type="button" className="btn btn-ghost" onClick={props.onClose}>
              Leave them open
            </button>
            <button
              type="button"
              className={`btn ${verb === 'redrive' ? 'btn-primary' : 'btn-danger'}`}
              aria-disabled={work.isPending}
              onClick={() => work.isPending || work.mutate()}
            >
              {button}
            </button>
          </>
        )
      }
    >
      <p className="text-ink-2">{lead}</p>
      <p role="status">
        {work.isIdle ? '' : `${formatCount(items.length - failed.length, 'letter')} ${done}`}
        {work.isPending ? ' so far' : ''}
        {failed.length > 0 ? `, ${failed.length} could not be` : ''}
      </p>
      {failed.length === 0 ? null : (
        <ul className="flex flex-col gap-2">
          {failed.slice(0, shownProblems).map(({ id, problem }) => (
            <li key={id} className="text-ink-2">
              <code className="text-xs break-all">{id}</code>
              <span className="block break-words">{problem?.detail}</span>
            </li>
          ))}
        </ul>
      )}
      {work.isError ? <ErrorNotice title="It was interrupted" error={work.error} onRetry={() => work.mutate()} /> : null}
    </Dialog>
  );
}

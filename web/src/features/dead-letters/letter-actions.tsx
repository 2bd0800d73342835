/**
 * Redrive, with another input if wished, or discard; the two buttons stay in sight. Closed once: who comes second is told so, and sees
 * how it stands.
 */
import { isJsonObject } from '@automateos/shared/model/json';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { useNavigate } from 'react-router';
import { useMay } from '../../lib/account-queries.ts';
import { DeadLetter, type DeadLetterDetail, Redriven } from '../../lib/api/dead-letter.ts';
import { useApi } from '../../lib/console-context.tsx';
import { asFailure } from '../../lib/problem-error.ts';
import { keys } from '../../lib/queries.ts';
import { Icon } from '../../ui/icon.tsx';
import { InputForm, type InputState } from '../../ui/input-form.tsx';
import { ErrorNotice } from '../../ui/notices.tsx';
import { useToast } from '../../ui/toasts.tsx';
import { discardButtonId, redriveButtonId } from './use-letter-keys.ts';

/** `children` stand above the fields. */
export function LetterActions(props: {
  readonly letter: DeadLetterDetail;
  readonly list: string;
  readonly children: ReactNode;
}): ReactNode {
  const { letter } = props;
  const [edited, setEdited] = useState(false);
  const [input, setInput] = useState<InputState>({ value: letter.step?.input ?? {}, fault: null });
  const [reason, setReason] = useState('');
  const reasonId = useId();
  const fault = input.fault ?? (isJsonObject(input.value) ? null : 'The input of a step is an object of its settings.');
  const act = useLetterActions(letter, props.list, {
    redrive: () => (edited ? { input: input.value } : {}),
    discard: () => (reason.trim() === '' ? {} : { reason: reason.trim() }),
  });
  const isForbidden = useMay('dead-letters.redrive') === false;
  const open = letter.status === 'open' && !isForbidden;
  const held = act.isPending || !letter.redrive.possible || (edited && fault !== null);
  return (
    <>
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-4 py-6 md:px-10">
        {props.children}
        {open && letter.redrive.editable ? (
          <>
            <label className="flex items-center gap-2 max-md:min-h-11">
              <input
                type="checkbox"
                className="size-4 accent-accent"
                checked={edited}
                onChange={(event) => setEdited(event.target.checked)}
              />
              Change the input of this step
            </label>
            {edited ? (
              <InputForm
                schema={undefined}
                state={{ value: input.value, fault }}
                onChange={setInput}
                title="New input"
                help="Taken as it stands: expressions are not evaluated. Code and credential stay as they are."
              />
            ) : null}
          </>
        ) : null}
        {open ? (
          <div className="flex flex-col gap-1.5">
            <label htmlFor={reasonId} className="font-medium">
              Reason <span className="text-xs font-normal text-ink-3">kept with the letter when you discard it</span>
            </label>
            <textarea
              id={reasonId}
              className="input"
              rows={2}
              maxLength={1_000}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </div>
        ) : null}
        {isForbidden && letter.status === 'open' ? (
          <p className="text-ink-2">Your role sees dead letters and does not redrive them.</p>
        ) : null}
        {act.isError ? <ErrorNotice title="Nothing was changed" error={act.error} /> : null}
      </div>
      {open ? (
        <footer className="flex flex-wrap items-center gap-3 border-t border-line bg-surface px-4 py-3 md:px-10">
          <p id={`${reasonId}-what`} className="min-w-0 basis-full text-xs text-ink-3 md:flex-1 md:basis-40 md:text-right">
            {letter.redrive.possible ? whatHappens(letter) : `It cannot be redriven: ${letter.redrive.reason ?? 'it is closed'}`}
          </p>
          <button
            type="button"
            id={discardButtonId}
            className="btn btn-lg btn-danger flex-1 max-md:h-12 md:flex-none"
            aria-disabled={act.isPending}
            onClick={() => act.isPending || act.mutate('discard')}
          >
            Discard
          </button>
          <button
            type="button"
            id={redriveButtonId}
            className="btn btn-lg btn-primary flex-1 max-md:h-12 md:flex-none"
            aria-disabled={held}
            aria-describedby={`${reasonId}-what`}
            onClick={() => held || act.mutate('redrive')}
          >
            <Icon name="retry" /> Redrive
          </button>
        </footer>
      ) : null}
    </>
  );
}

function whatHappens({ kind, reason }: DeadLetterDetail): string {
  if (kind === 'step') return 'Its execution goes on from this step. Finished steps are kept.';
  return reason === 'EVENT_UNDELIVERED'
    ? 'The event is routed again; each workflow takes it once.'
    : 'The message is sent again.';
}

type Verb = 'redrive' | 'discard';

function useLetterActions(letter: DeadLetterDetail, list: string, bodies: Readonly<Record<Verb, () => object>>) {
  const api = useApi();
  const client = useQueryClient();
  const tell = useToast();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (verb: Verb) => {
      const path = `/v1/dead-letters/${encodeURIComponent(letter.id)}/${verb}`;
      const call = { method: 'POST', json: bodies[verb]() } as const;
      if (verb === 'redrive') await api.call(path, Redriven, call);
      else await api.call(path, DeadLetter, call);
      return verb;
    },
    onSuccess: (verb) => {
      if (verb === 'discard') tell('cancelled', 'Discarded. It stays in the list of discarded ones.');
      else tell('running', letter.kind === 'step' ? 'Redriven. Its execution goes on.' : 'Redriven. The message is on its way.');
      void navigate(list, { replace: true });
    },
    onError: (error) => {
      if (asFailure(error).code === 'DEAD_LETTER_CLOSED') tell('skipped', 'Somebody was faster: it is closed already.');
    },
    onSettled: () => Promise.all([keys.deadLetters, keys.executions].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

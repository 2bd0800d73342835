/**
 * The answer: the fields of the form, a note, and two buttons that stay in sight. Decided once: who comes second is told by whom it was
 * decided, and sees it.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { useMay } from '../../lib/account-queries.ts';
import { Approval } from '../../lib/api/approval.ts';
import { useApi } from '../../lib/console-context.tsx';
import { formatMoment } from '../../lib/format.ts';
import { asFailure } from '../../lib/problem-error.ts';
import { keys } from '../../lib/queries.ts';
import { useNow } from '../../lib/use-now.ts';
import { Icon } from '../../ui/icon.tsx';
import { InputForm, type InputState } from '../../ui/input-form.tsx';
import { ErrorNotice } from '../../ui/notices.tsx';
import { useToast } from '../../ui/toasts.tsx';
import { approveButtonId, rejectButtonId } from './use-approval-keys.ts';

type Decision = 'approve' | 'reject';

/** `children` stand above the fields, `after` below them. */
export function DecisionForm(props: {
  readonly approval: Approval;
  readonly children: ReactNode;
  readonly after: ReactNode;
}): ReactNode {
  const { approval } = props;
  const form = isJsonObject(approval.form) ? approval.form : null;
  const [data, setData] = useState<InputState>({ value: defaultsOf(form), fault: null });
  const [note, setNote] = useState('');
  const noteId = useId();
  const decide = useDecision(approval, () => ({
    ...(note.trim() === '' ? {} : { comment: note.trim() }),
    ...(form === null ? {} : { data: data.value }),
  }));
  const isForbidden = useMay('approvals.decide') === false;
  const pending = approval.status === 'pending' && !isForbidden;
  const held = decide.isPending || data.fault !== null;
  return (
    <>
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-4 py-6 md:px-10">
        {props.children}
        {pending && form !== null ? (
          <InputForm
            schema={form}
            state={data}
            onChange={setData}
            title="Your answer"
            help="JSON, as the workflow asks for it."
          />
        ) : null}
        {pending ? (
          <div className="flex flex-col gap-1.5">
            <label htmlFor={noteId} className="font-medium">
              Note <span className="text-xs font-normal text-ink-3">kept with the decision</span>
            </label>
            <textarea
              id={noteId}
              className="input"
              rows={2}
              maxLength={10_000}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          </div>
        ) : null}
        {props.after}
        {isForbidden && approval.status === 'pending' ? (
          <p className="text-ink-2">Your role sees approvals and does not decide them.</p>
        ) : null}
        {decide.isError ? <ErrorNotice title="It was not decided" error={decide.error} /> : null}
      </div>
      {pending ? (
        <footer className="flex flex-wrap items-center gap-3 border-t border-line bg-surface px-4 py-3 md:px-10">
          <IfNobodyAnswers approval={approval} />
          <button
            type="button"
            id={rejectButtonId}
            className="btn btn-lg btn-danger flex-1 max-md:h-12 md:flex-none"
            aria-disabled={decide.isPending}
            onClick={() => decide.isPending || decide.mutate('reject')}
          >
            Reject
          </button>
          <button
            type="button"
            id={approveButtonId}
            className="btn btn-lg btn-primary flex-1 max-md:h-12 md:flex-none"
            aria-disabled={held}
            onClick={() => held || decide.mutate('approve')}
          >
            <Icon name="check" /> Approve
          </button>
        </footer>
      ) : null}
    </>
  );
}

function useDecision(approval: Approval, answer: () => JsonObject) {
  const api = useApi();
  const client = useQueryClient();
  const tell = useToast();
  return useMutation({
    mutationFn: (decision: Decision) =>
      api.call(`/v1/approvals/${encodeURIComponent(approval.id)}`, Approval, {
        method: 'POST',
        json: { decision, ...answer() },
      }),
    onSuccess: (decided) => {
      client.setQueryData(keys.approval(approval.id), decided);
      tell(
        decided.status === 'approved' ? 'succeeded' : 'cancelled',
        `${approval.title}: ${decided.status}. The workflow goes on.`,
      );
    },
    onError: (error) => {
      if (asFailure(error).code === 'ALREADY_DECIDED') tell('skipped', 'Somebody has decided it already.');
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.approvals }),
  });
}

function IfNobodyAnswers(props: { readonly approval: Approval }): ReactNode {
  const now = useNow();
  const { expiresAt } = props.approval;
  return (
    <p className="min-w-0 basis-full text-xs text-ink-3 md:flex-1 md:basis-40 md:text-right">
      {expiresAt
        ? `If nobody answers by ${formatMoment(expiresAt, now)}, the workflow goes on without an answer.`
        : 'The workflow waits until somebody answers.'}
    </p>
  );
}

/** What the schema suggests; fields that nobody touches are sent as suggested. */
function defaultsOf(form: JsonObject | null): JsonValue {
  const properties = form !== null && isJsonObject(form.properties) ? form.properties : {};
  const entries = Object.entries(properties).flatMap(([name, property]) => {
    if (!isJsonObject(property)) return [];
    const first = Array.isArray(property.enum) ? property.enum[0] : property.type === 'boolean' ? false : undefined;
    const value = property.default ?? first;
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

/** Invitations that are open, to be taken back. Their links are in no answer: who lost one is invited anew. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type Invitation, Nothing } from '../../lib/api/account.ts';
import { useApi } from '../../lib/console-context.tsx';
import { asFailure } from '../../lib/problem-error.ts';
import { roleWords } from '../../lib/roles.ts';
import { FaultLine } from '../../ui/fault-line.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { Moment } from '../../ui/time-text.tsx';
import { itemsOf, peopleKeys, useInvitations } from './people-queries.ts';

export function InvitationList(): ReactNode {
  const query = useInvitations();
  const invitations = itemsOf(query);
  return (
    <section aria-labelledby="invitations-title" className="flex max-w-220 shrink-0 flex-col gap-2">
      <h2 id="invitations-title" className="text-base font-semibold">
        Open invitations
      </h2>
      <div className="surface-card">
        {query.isPending ? <SkeletonRows label="Reading invitations" rows={1} /> : null}
        {query.isError ? (
          <ErrorNotice title="The invitations could not be read" error={query.error} onRetry={() => void query.refetch()} />
        ) : null}
        {query.isSuccess && invitations.length === 0 ? <p className="p-3 text-ink-2">Nobody is being waited for.</p> : null}
        <ul>
          {invitations.map((invitation) => (
            <InvitationRow key={invitation.id} invitation={invitation} />
          ))}
        </ul>
      </div>
      <LoadMore query={query} />
    </section>
  );
}

function InvitationRow({ invitation }: { readonly invitation: Invitation }): ReactNode {
  const api = useApi();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => api.call(`/v1/invitations/${encodeURIComponent(invitation.id)}`, Nothing, { method: 'DELETE' }),
    onSettled: () => client.invalidateQueries({ queryKey: peopleKeys.invitations }),
  });
  const isOver = Date.parse(invitation.expiresAt) < Date.now();
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-3 py-2.5 last:border-0">
      <div className="min-w-0 flex-1 basis-56">
        <div className="truncate font-medium">{invitation.email}</div>
        <div className="text-xs text-ink-3">
          {roleWords[invitation.role]} · {isOver ? 'ended' : 'ends'} <Moment at={invitation.expiresAt} />
        </div>
      </div>
      <button
        type="button"
        className="btn btn-sm"
        aria-label={`Take back the invitation of ${invitation.email}`}
        aria-disabled={revoke.isPending}
        onClick={() => revoke.isPending || revoke.mutate()}
      >
        Take back
      </button>
      {revoke.isError ? (
        <div className="basis-full">
          <FaultLine>{asFailure(revoke.error).message}</FaultLine>
        </div>
      ) : null}
    </li>
  );
}

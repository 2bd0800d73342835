/** Where the account is signed in: each to be ended, or all at once. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Nothing, type SignedIn } from '../../lib/api/account.ts';
import { useApi, useConsole } from '../../lib/console-context.tsx';
import { asFailure } from '../../lib/problem-error.ts';
import { FaultLine } from '../../ui/fault-line.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { TimeAgo } from '../../ui/time-text.tsx';
import { agentWords } from './agent-words.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { itemsOf, peopleKeys, useSessions } from './people-queries.ts';

export function SessionList(): ReactNode {
  const { api, session } = useConsole();
  const query = useSessions();
  const [ending, setEnding] = useState(false);
  // this one first, then the newest
  const sessions = itemsOf(query).toSorted(
    (a, b) => Number(b.isCurrent) - Number(a.isCurrent) || (a.createdAt < b.createdAt ? 1 : -1),
  );
  const elsewhere = query.isError && asFailure(query.error).code === 'NOT_SUPPORTED_HERE';
  return (
    <section className="surface-card" aria-labelledby="sessions-title">
      <div className="flex flex-wrap items-center gap-3 p-4">
        <div className="min-w-0 flex-1 basis-60">
          <h2 id="sessions-title" className="text-base font-semibold">
            Sessions
          </h2>
          <p className="text-ink-2">{elsewhere ? asFailure(query.error).message : 'Where you are signed in.'}</p>
        </div>
        <button type="button" className="btn btn-danger" onClick={() => setEnding(true)}>
          Sign out everywhere
        </button>
      </div>
      {query.isPending ? <SkeletonRows label="Reading sessions" rows={2} /> : null}
      {query.isError && !elsewhere ? (
        <ErrorNotice title="The sessions could not be read" error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      <ul className="border-t border-line empty:hidden">
        {sessions.map((one) => (
          <SessionRow key={one.id} one={one} />
        ))}
      </ul>
      <LoadMore query={query} />
      {ending ? (
        <ConfirmDialog
          title="Sign out everywhere"
          button="End all sessions"
          keep="Stay signed in"
          onConfirm={async () => {
            await api.call('/v1/auth/sessions', Nothing, { method: 'DELETE' });
            session.set(null);
          }}
          onClose={() => setEnding(false)}
        >
          <p>Every browser and program that is signed in as you has to sign in again, this one too. API keys go on.</p>
        </ConfirmDialog>
      ) : null}
    </section>
  );
}

function SessionRow({ one }: { readonly one: SignedIn }): ReactNode {
  const api = useApi();
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => api.call(`/v1/auth/sessions/${encodeURIComponent(one.id)}`, Nothing, { method: 'DELETE' }),
    onSettled: () => client.invalidateQueries({ queryKey: peopleKeys.sessions }),
  });
  const name = agentWords(one.agent);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2.5 last:border-0">
      <div className="min-w-0 flex-1 basis-56">
        <div className="truncate font-medium" title={one.agent}>
          {name}
        </div>
        <div className="text-xs text-ink-3">
          {one.address} · signed in <TimeAgo at={one.createdAt} />
        </div>
      </div>
      {one.isCurrent ? (
        <span className="chip">This session</span>
      ) : (
        <button
          type="button"
          className="btn btn-sm"
          aria-label={`End the session of ${name} at ${one.address}`}
          aria-disabled={end.isPending}
          onClick={() => end.isPending || end.mutate()}
        >
          End
        </button>
      )}
      {end.isError ? (
        <div className="basis-full">
          <FaultLine>{asFailure(end.error).message}</FaultLine>
        </div>
      ) : null}
    </li>
  );
}

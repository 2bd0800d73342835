/** Decisions that people owe: a list beside the one that is open; on a phone one after the other. Which is open is in the address. */
import { type ReactNode, useMemo } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import type { Approval } from '../../lib/api/approval.ts';
import { useApprovals } from '../../lib/queries.ts';
import { phoneQuery, useMedia } from '../../lib/use-media.ts';
import { LoadMore } from '../../ui/load-more.tsx';
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { useTitle } from '../../ui/page.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { StatusShape } from '../../ui/status.tsx';
import { Tile } from '../../ui/tile.tsx';
import { TimeAgo } from '../../ui/time-text.tsx';
import { ApprovalDetail } from './approval-detail.tsx';
import { outcomeOf } from './outcome.ts';
import { useApprovalKeys } from './use-approval-keys.ts';

export function ApprovalsPage(): ReactNode {
  const { approvalId = '' } = useParams();
  const [params] = useSearchParams();
  const phone = useMedia(phoneQuery);
  const navigate = useNavigate();
  const done = params.get('show') === 'done';
  const query = useApprovals(done ? undefined : 'pending');
  const pages = query.data?.pages;
  const items = useMemo(() => {
    const all = pages?.flatMap((page) => page.items) ?? [];
    return done ? all.filter((item) => item.status !== 'pending') : all;
  }, [pages, done]);
  const search = done ? '?show=done' : '';
  // On a wide screen there is always one open, so that the first keystroke decides.
  const openId = approvalId || (phone ? '' : (items[0]?.id ?? ''));
  useTitle('Approvals');
  useApprovalKeys({ ids: items.map(({ id }) => id), openId, open: (id) => void navigate(`/approvals/${id}${search}`) });
  const detail = openId === '' ? null : <ApprovalDetail key={openId} id={openId} back={phone ? `/approvals${search}` : null} />;
  if (phone && detail) return detail;
  return (
    <div className="flex min-h-0 flex-1">
      <section
        aria-label="List of approvals"
        className={`flex min-h-0 flex-col overflow-y-auto ${phone || openId === '' ? 'flex-1' : 'w-93 shrink-0 border-r border-line bg-surface'}`}
      >
        <header className="flex flex-wrap items-center gap-3 px-4 pt-6 pb-3 md:px-5">
          <h1 className="flex-1 text-xl font-semibold tracking-[-0.012em]">Approvals</h1>
          <Segmented
            label="Which approvals"
            value={done ? 'done' : 'waiting'}
            onChange={(next) => void navigate(next === 'done' ? '/approvals?show=done' : '/approvals')}
            options={[
              { value: 'waiting', label: 'Waiting' },
              { value: 'done', label: 'Done' },
            ]}
          />
        </header>
        {query.isError ? (
          <ErrorNotice title="The approvals could not be read" error={query.error} onRetry={() => void query.refetch()} />
        ) : null}
        {query.isPending ? <SkeletonRows label="Reading approvals" /> : items.length === 0 ? <NoApprovals done={done} /> : null}
        <ul className="flex flex-col gap-1 px-2">
          {items.map((item) => (
            <li key={item.id}>
              <ApprovalRow approval={item} to={`/approvals/${item.id}${search}`} open={item.id === openId} />
            </li>
          ))}
        </ul>
        <LoadMore query={query} />
        {items.length > 1 && !phone ? (
          <p className="mt-auto px-5 py-4 text-xs text-ink-3">
            Use <kbd className="key">J</kbd> <kbd className="key">K</kbd> to move, <kbd className="key">A</kbd> to approve,{' '}
            <kbd className="key">X</kbd> to reject
          </p>
        ) : null}
      </section>
      {detail}
    </div>
  );
}

function ApprovalRow(props: { readonly approval: Approval; readonly to: string; readonly open: boolean }): ReactNode {
  const { approval } = props;
  return (
    <Link
      to={props.to}
      aria-current={props.open ? 'true' : undefined}
      className="flex min-h-12 gap-3 rounded-md px-3 py-2.5 hover:bg-hover aria-[current=true]:bg-accent-soft"
    >
      <Tile icon="stamp" kind="people" />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex gap-2">
          <span className="min-w-0 flex-1 truncate font-semibold">{approval.title}</span>
          <span className="shrink-0 text-xs text-ink-3">
            <TimeAgo at={approval.createdAt} />
          </span>
        </span>
        <span className="truncate text-ink-2">{approval.workflowName}</span>
        <span className="flex items-center gap-1.5 truncate text-ink-3">
          {approval.status === 'pending' ? null : <StatusShape status={outcomeOf(approval).status} />}
          {approval.status === 'pending' ? whoIsAsked(approval) : outcomeOf(approval).word}
        </span>
      </span>
    </Link>
  );
}

function whoIsAsked({ assignees }: Approval): string {
  return assignees.length === 0 ? 'Anyone may answer' : `Asks ${assignees.join(', ')}`;
}

function NoApprovals(props: { readonly done: boolean }): ReactNode {
  return (
    <EmptyState
      icon={<Tile icon="stamp" kind="people" />}
      title={props.done ? 'Nothing has been decided yet' : 'No approvals are waiting'}
    >
      <p>When a workflow needs a decision, it stops here and costs nothing until you answer.</p>
    </EmptyState>
  );
}

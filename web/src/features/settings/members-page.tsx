/** Who is in the organization and as what, and who is asked to come in. Everybody sees the list; admins change it. */
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useMay, useMe } from '../../lib/account-queries.ts';
import type { NewInvitation } from '../../lib/api/account.ts';
import { formatCount } from '../../lib/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { useToast } from '../../ui/toasts.tsx';
import { InvitationList } from './invitation-list.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { MemberRow } from './member-row.tsx';
import { itemsOf, peopleKeys, useMembers } from './people-queries.ts';
import { SecretDialog } from './secret-dialog.tsx';

export function MembersPage(): ReactNode {
  const query = useMembers();
  const me = useMe().data;
  const mayInvite = useMay('invitations.manage') === true;
  const client = useQueryClient();
  const tell = useToast();
  const [inviting, setInviting] = useState(false);
  const [made, setMade] = useState<NewInvitation | null>(null);
  const members = itemsOf(query).toSorted((a, b) => (a.email < b.email ? -1 : 1));
  const invited = async (invitation: NewInvitation): Promise<void> => {
    setInviting(false);
    if (invitation.link) setMade(invitation);
    else tell('succeeded', `An invitation is on its way to ${invitation.email}.`);
    await client.invalidateQueries({ queryKey: peopleKeys.invitations });
  };
  return (
    <Page
      title="Members"
      lead={
        members.length === 0
          ? undefined
          : `${formatCount(members.length, 'person', 'people')}${query.hasNextPage ? ' shown' : ''} in ${me?.organization.name ?? 'this organization'}.`
      }
      actions={
        mayInvite ? (
          <button type="button" className="btn btn-primary" onClick={() => setInviting(true)}>
            <Icon name="plus" />
            Invite
          </button>
        ) : null
      }
    >
      {query.isError ? (
        <ErrorNotice title="The members could not be read" error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      <section aria-label="Members" className="surface-card max-w-220 shrink-0">
        {query.isPending ? <SkeletonRows label="Reading members" rows={3} /> : null}
        <ul>
          {members.map((member) => (
            <MemberRow key={member.userId} member={member} me={me} />
          ))}
        </ul>
      </section>
      <LoadMore query={query} />
      {mayInvite ? <InvitationList /> : null}
      {inviting && me ? <InviteDialog own={me.user.role} onMade={invited} onClose={() => setInviting(false)} /> : null}
      {made?.link ? (
        <SecretDialog title="Hand over this link" secret={made.link} copyLabel="Copy link" onClose={() => setMade(null)}>
          <p>
            This server sends no mail, so the link for <strong className="font-medium text-ink">{made.email}</strong> is yours to
            hand over. It is shown this once, works once, and ends after seven days.
          </p>
        </SecretDialog>
      ) : null}
    </Page>
  );
}

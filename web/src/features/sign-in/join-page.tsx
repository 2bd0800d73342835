/**
 * An invitation: what it is for, and the way in for whoever is signed in, has an account, or is new. Its secret came behind `#` and is in
 * this tab's memory only; signing in on the way does not lose it.
 */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { InvitationPreview } from '../../lib/api/account.ts';
import { useApi, useArrivalSecret, useSession } from '../../lib/console-context.tsx';
import { asFailure } from '../../lib/problem-error.ts';
import { roleDoes, withArticle } from '../../lib/roles.ts';
import { useSignOut } from '../../lib/use-sign-out.ts';
import { ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { EntryForm } from './entry-form.tsx';
import { EntryFrame } from './entry-frame.tsx';
import { NewcomerForms } from './newcomer-forms.tsx';
import { useAcceptInvitation } from './use-accept-invitation.ts';

export function JoinPage(): ReactNode {
  const token = useArrivalSecret();
  const api = useApi();
  // once joined the secret is forgotten: the page says so until the next one is there
  const [joined, setJoined] = useState<string | null>(null);
  const preview = useQuery({
    // the secret itself stays out of keys: only one is open at a time
    queryKey: ['invitation', token?.slice(0, token.lastIndexOf('.'))],
    queryFn: ({ signal }) => api.call('/v1/invitations/preview', InvitationPreview, { method: 'POST', json: { token }, signal }),
    enabled: token !== null,
    staleTime: Number.POSITIVE_INFINITY,
    // signing in on the way empties the cache
    placeholderData: keepPreviousData,
  });
  if (joined !== null && token === null) return <EntryFrame title={`Welcome to ${joined}`} lead="Opening your workflows." />;
  if (token === null) return <LinkMissing />;
  if (preview.isPending) {
    return (
      <EntryFrame title="Your invitation" lead="Looking it up.">
        <SkeletonRows rows={2} label="Reading the invitation" />
      </EntryFrame>
    );
  }
  if (preview.isError) {
    return (
      <EntryFrame title="Your invitation" lead="It cannot be used.">
        <ErrorNotice
          title="The invitation could not be opened"
          error={preview.error}
          onRetry={asFailure(preview.error).code === 'LINK_INVALID' ? undefined : () => void preview.refetch()}
        />
        <SignInInstead />
      </EntryFrame>
    );
  }
  return <Invited token={token} invitation={preview.data} onJoined={setJoined} />;
}

function Invited(props: {
  readonly token: string;
  readonly invitation: InvitationPreview;
  readonly onJoined: (organization: string) => void;
}): ReactNode {
  const { token, invitation } = props;
  const signOut = useSignOut();
  const session = useSession();
  const accept = useAcceptInvitation();
  const navigate = useNavigate();
  const { name } = invitation.organization;
  const arrive = async (): Promise<void> => {
    props.onJoined(name);
    await navigate('/workflows', { replace: true });
  };
  const isSame = session?.user.email.toLowerCase() === invitation.email.toLowerCase();
  return (
    <EntryFrame
      title={`Join ${name}`}
      lead={
        <>
          You are invited as {withArticle(invitation.role)}. {roleDoes[invitation.role]}
        </>
      }
    >
      {session === null ? (
        <NewcomerForms token={token} email={invitation.email} onJoined={arrive} />
      ) : isSame ? (
        <EntryForm
          button={`Join ${name}`}
          busy="Joining"
          onSubmit={async () => {
            await accept(token);
            await arrive();
          }}
        >
          <p className="text-ink-2">
            You are signed in as <strong className="font-medium break-words text-ink">{session.user.email}</strong>.
          </p>
        </EntryForm>
      ) : (
        <div className="flex flex-col gap-4">
          <p className="break-words text-ink-2">
            The invitation is for <strong className="font-medium text-ink">{invitation.email}</strong>. You are signed in as{' '}
            <strong className="font-medium text-ink">{session.user.email}</strong>.
          </p>
          <button type="button" className="btn btn-primary btn-lg" onClick={() => void signOut()}>
            Sign out and go on
          </button>
          <Link to="/workflows" className="link self-start">
            Stay signed in
          </Link>
        </div>
      )}
    </EntryFrame>
  );
}

function LinkMissing(): ReactNode {
  return (
    <EntryFrame
      title="Your invitation"
      lead="This page needs the whole link of the invitation. Open it again from where you got it: its secret is never kept here."
    >
      <SignInInstead />
    </EntryFrame>
  );
}

function SignInInstead(): ReactNode {
  const session = useSession();
  return (
    <p className="mt-4">
      <Link to="/workflows" className="link">
        {session ? 'Go to your workflows' : 'Sign in instead'}
      </Link>
    </p>
  );
}

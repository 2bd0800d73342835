/** The link that proves an address came back. It takes a click: programs that look into mail must not use it up. */
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import { Nothing } from '../../lib/api/account.ts';
import { useArrivalSecret, useConsole, useSession } from '../../lib/console-context.tsx';
import { EntryForm } from './entry-form.tsx';
import { EntryFrame } from './entry-frame.tsx';

export function VerifyEmailPage(): ReactNode {
  const { api, arrival } = useConsole();
  const token = useArrivalSecret();
  const session = useSession();
  const [isDone, setDone] = useState(false);
  const onward = (
    <Link to="/workflows" className={isDone && token === null ? 'btn btn-primary btn-lg' : 'link mt-4 self-start'}>
      {session ? 'Go to your workflows' : 'Sign in'}
    </Link>
  );
  if (isDone && token === null) {
    return (
      <EntryFrame title="Address confirmed" lead="It is your account’s.">
        {onward}
      </EntryFrame>
    );
  }
  return (
    <EntryFrame
      title="Confirm your address"
      lead={
        token === null
          ? 'This page needs the whole link. Open it again from where you got it, or have another sent under Settings.'
          : 'You followed a link that went to it: confirm that it is yours.'
      }
    >
      {token === null ? null : (
        <EntryForm
          button="Confirm the address"
          busy="Confirming"
          onSubmit={async () => {
            await api.call('/v1/auth/email-verification/confirm', Nothing, { method: 'POST', json: { token } });
            setDone(true);
            arrival.forget();
          }}
        />
      )}
      {onward}
    </EntryFrame>
  );
}

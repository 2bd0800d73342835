/** A new password by a link that was mailed or handed over. It ends all sessions, this browser's too. */
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import { Nothing } from '../../lib/api/account.ts';
import { useArrivalSecret, useConsole } from '../../lib/console-context.tsx';
import { PasswordField } from '../../ui/password-field.tsx';
import { EntryForm } from './entry-form.tsx';
import { EntryFrame } from './entry-frame.tsx';

export function ResetPasswordPage(): ReactNode {
  const { api, session, arrival } = useConsole();
  const token = useArrivalSecret();
  const [password, setPassword] = useState('');
  const [isDone, setDone] = useState(false);
  if (isDone && token === null) {
    return (
      <EntryFrame title="Password changed" lead="Whoever was signed in to this account is signed out everywhere.">
        <Link to="/sign-in" className="btn btn-primary btn-lg">
          Sign in
        </Link>
      </EntryFrame>
    );
  }
  if (token === null) {
    return (
      <EntryFrame
        title="New password"
        lead="This page needs the whole link. Open it again from where you got it: its secret is never kept here."
      >
        <AnotherLink />
      </EntryFrame>
    );
  }
  return (
    <EntryFrame title="New password" lead="It counts from now on. Whoever is signed in to the account is signed out everywhere.">
      <EntryForm
        button="Change the password"
        busy="Changing the password"
        onSubmit={async () => {
          await api.call('/v1/auth/password-reset/confirm', Nothing, { method: 'POST', json: { token, password } });
          setDone(true);
          arrival.forget();
          session.set(null);
        }}
      >
        <PasswordField label="New password" isNew large value={password} onChange={setPassword} />
      </EntryForm>
      <AnotherLink />
    </EntryFrame>
  );
}

function AnotherLink(): ReactNode {
  return (
    <p className="mt-4">
      <Link to="/forgot-password" className="link">
        Ask for another link
      </Link>
    </p>
  );
}

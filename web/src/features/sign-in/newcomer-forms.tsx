/** The two ways in for an invited person who is not signed in: a new account, or the one that the address has. The address is the invitation's. */
import { type ReactNode, useState } from 'react';
import { useConsole } from '../../lib/console-context.tsx';
import { asFailure } from '../../lib/problem-error.ts';
import { Session } from '../../lib/session.ts';
import { TextField } from '../../ui/field.tsx';
import { PasswordField } from '../../ui/password-field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { EntryForm } from './entry-form.tsx';
import { useAcceptInvitation } from './use-accept-invitation.ts';
import { useSignIn } from './use-sign-in.ts';

type Way = 'new' | 'known';

export function NewcomerForms(props: {
  readonly token: string;
  readonly email: string;
  readonly onJoined: () => Promise<void>;
}): ReactNode {
  const { token, email, onJoined } = props;
  const { api, session, arrival } = useConsole();
  const accept = useAcceptInvitation();
  const signIn = useSignIn();
  const [way, setWay] = useState<Way>('new');
  const [known, setKnown] = useState(false);
  const [password, setPassword] = useState('');

  const register = async (): Promise<void> => {
    const json = { email, password, invitation: token };
    try {
      const signedIn = await api.call('/v1/auth/register', Session, { method: 'POST', json });
      arrival.forget();
      session.set(signedIn);
      await onJoined();
    } catch (error) {
      if (asFailure(error).code !== 'CONFLICT') throw error;
      setKnown(true);
      setWay('known');
      setPassword('');
    }
  };
  const join = async (): Promise<void> => {
    await signIn(email, password);
    await accept(token);
    await onJoined();
  };

  return (
    <div className="flex flex-col gap-4">
      <Segmented
        label="How to go on"
        value={way}
        onChange={setWay}
        options={[
          { value: 'new', label: 'I am new here' },
          { value: 'known', label: 'I have an account' },
        ]}
        className="self-start"
      />
      <p role="status" className="text-ink-2 empty:hidden">
        {known && way === 'known' ? 'This address has an account already. Sign in with its password to join.' : ''}
      </p>
      <EntryForm
        key={way}
        button={way === 'new' ? 'Make an account and join' : 'Sign in and join'}
        busy="Joining"
        onSubmit={way === 'new' ? register : join}
      >
        <TextField
          {...{ label: 'E-mail', type: 'email', autoComplete: 'username', readOnly: true, large: true }}
          help="The address that was invited."
          value={email}
          onChange={() => undefined}
        />
        <PasswordField
          label={way === 'new' ? 'New password' : 'Password'}
          isNew={way === 'new'}
          large
          value={password}
          onChange={setPassword}
        />
      </EntryForm>
    </div>
  );
}

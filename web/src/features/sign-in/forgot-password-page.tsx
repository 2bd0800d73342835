/** Asks for a link for a new password. The answer is the same whether there is such an account or not. */
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import { Nothing } from '../../lib/api/account.ts';
import { useApi } from '../../lib/console-context.tsx';
import { TextField } from '../../ui/field.tsx';
import { EntryForm } from './entry-form.tsx';
import { EntryFrame } from './entry-frame.tsx';

export function ForgotPasswordPage(): ReactNode {
  const api = useApi();
  const [email, setEmail] = useState('');
  const [asked, setAsked] = useState<string | null>(null);
  return (
    <EntryFrame
      title="Forgot your password?"
      lead={
        asked === null ? (
          'Say which address your account has. A link for a new password goes there.'
        ) : (
          <span role="status">
            If <strong className="font-medium text-ink">{asked}</strong> has an account, a link is on its way. It works for 30
            minutes. A server that sends no mail cannot send it: its owner can make such a link for you.
          </span>
        )
      }
    >
      {asked === null ? (
        <EntryForm
          button="Send the link"
          busy="Asking"
          onSubmit={async () => {
            await api.call('/v1/auth/password-reset', Nothing, { method: 'POST', json: { email: email.trim() } });
            setAsked(email.trim());
          }}
        >
          <TextField
            {...{ label: 'E-mail', type: 'email', autoComplete: 'username', required: true, large: true }}
            value={email}
            onChange={setEmail}
          />
        </EntryForm>
      ) : null}
      <p className="mt-4">
        <Link to="/sign-in" className="link">
          Back to sign in
        </Link>
      </p>
    </EntryFrame>
  );
}

/** E-mail and password; afterwards back to where the person wanted to go. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router';
import { useSession } from '../../lib/console-context.tsx';
import { TextField } from '../../ui/field.tsx';
import { PasswordField } from '../../ui/password-field.tsx';
import { EntryForm } from './entry-form.tsx';
import { EntryFrame } from './entry-frame.tsx';
import { useSignIn } from './use-sign-in.ts';

export function SignInPage(): ReactNode {
  const session = useSession();
  const [params] = useSearchParams();
  const target = returnPath(params.get('return'));
  if (session) return <Navigate to={target} replace />;
  return (
    <EntryFrame
      title="Sign in"
      lead="This server runs where you started it. First time here? The owner’s password was printed when it started."
    >
      <SignInForm target={target} />
      <p className="mt-4">
        <Link to="/forgot-password" className="link">
          Forgot your password?
        </Link>
      </p>
    </EntryFrame>
  );
}

function SignInForm(props: { readonly target: string }): ReactNode {
  const navigate = useNavigate();
  const signIn = useSignIn();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const emailField = useRef<HTMLInputElement>(null);
  useEffect(() => emailField.current?.focus(), []);
  return (
    <EntryForm
      button="Sign in"
      busy="Signing in"
      onSubmit={async () => {
        await signIn(email, password);
        await navigate(props.target, { replace: true });
      }}
    >
      <TextField
        {...{ label: 'E-mail', type: 'email', autoComplete: 'username', required: true, large: true }}
        ref={emailField}
        value={email}
        onChange={setEmail}
      />
      <PasswordField label="Password" large value={password} onChange={setPassword} />
    </EntryForm>
  );
}

/** Only a path of this console: a link must not be able to send a signed-in person elsewhere. */
function returnPath(value: string | null): string {
  return value?.startsWith('/') && !value.startsWith('//') && !value.startsWith('/\\') && !value.startsWith('/sign-in')
    ? value
    : '/workflows';
}

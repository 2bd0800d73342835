/** E-mail and password; afterwards back to where the person wanted to go. */
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Navigate, useNavigate, useSearchParams } from 'react-router';
import { useConsole, useSession } from '../../lib/console-context.tsx';
import { asFailure } from '../../lib/problem-error.ts';
import { Session } from '../../lib/session.ts';
import { Icon } from '../../ui/icon.tsx';
import { Logo } from '../../ui/logo.tsx';
import { useTitle } from '../../ui/page.tsx';
import { StatusShape } from '../../ui/status.tsx';
import { SignInPicture } from './sign-in-picture.tsx';

export function SignInPage(): ReactNode {
  useTitle('Sign in');
  const session = useSession();
  const [params] = useSearchParams();
  const target = returnPath(params.get('return'));
  if (session) return <Navigate to={target} replace />;
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(0,620px)_minmax(0,1fr)]">
      <main className="flex flex-col border-r border-line bg-surface px-6 py-8 sm:px-10">
        <Logo size={30} word />
        <div className="m-auto flex w-full max-w-93 flex-col py-8">
          <h1 className="text-3xl font-semibold tracking-[-0.02em]">Sign in</h1>
          <p className="mt-1 mb-5 text-base text-ink-2">
            This server runs where you started it. First time here? The owner’s password was printed when it started.
          </p>
          <SignInForm target={target} />
        </div>
      </main>
      <SignInPicture />
    </div>
  );
}

function SignInForm(props: { readonly target: string }): ReactNode {
  const { api, session } = useConsole();
  const navigate = useNavigate();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const emailField = useRef<HTMLInputElement>(null);
  useEffect(() => emailField.current?.focus(), []);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    try {
      session.set(await api.call('/v1/auth/login', Session, { method: 'POST', json: { email: email.trim(), password } }));
      await navigate(props.target, { replace: true });
    } catch (error) {
      const failure = asFailure(error);
      setFault(
        failure.status === 401
          ? 'E-mail and password do not belong together. Check both; the password is case-sensitive.'
          : failure.message,
      );
      setBusy(false);
    }
  };

  return (
    <form className="flex flex-col gap-4" onSubmit={submit} aria-describedby={fault ? 'sign-in-fault' : undefined}>
      <div className="flex flex-col gap-1.5">
        <label htmlFor="email" className="font-medium">
          E-mail
        </label>
        <input
          ref={emailField}
          id="email"
          type="email"
          autoComplete="username"
          required
          className="input input-lg"
          value={email}
          aria-invalid={fault !== null}
          onChange={(event) => setEmail(event.target.value)}
        />
      </div>
      <div className="flex flex-col gap-1.5">
        <label htmlFor="password" className="font-medium">
          Password
        </label>
        <span className="relative">
          <input
            id="password"
            type={shown ? 'text' : 'password'}
            autoComplete="current-password"
            required
            className="input input-lg pr-11!"
            value={password}
            aria-invalid={fault !== null}
            onChange={(event) => setPassword(event.target.value)}
          />
          <button
            type="button"
            className="btn btn-ghost btn-icon absolute! top-1 right-1 min-h-0!"
            aria-label={shown ? 'Hide password' : 'Show password'}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            <Icon name="eye" />
          </button>
        </span>
      </div>
      {fault ? (
        <p id="sign-in-fault" role="alert" className="flex items-start gap-2 text-failed">
          <span className="pt-0.5">
            <StatusShape status="failed" />
          </span>
          {fault}
        </p>
      ) : null}
      <button type="submit" className="btn btn-primary btn-lg" aria-disabled={busy}>
        {busy ? 'Signing in' : 'Sign in'}
      </button>
    </form>
  );
}

/** Only a path of this console: a link must not be able to send a signed-in person elsewhere. */
function returnPath(value: string | null): string {
  return value?.startsWith('/') && !value.startsWith('//') && !value.startsWith('/\\') && !value.startsWith('/sign-in')
    ? value
    : '/workflows';
}

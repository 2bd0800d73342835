import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useConsole, useSession } from '../../lib/console-context.tsx';
import { asFailure } from '../../lib/problem-error.ts';
import { Session } from '../../lib/session.ts';
import { FaultLine } from '../../ui/fault-line.tsx';
import { PasswordField } from '../../ui/password-field.tsx';
import { useToast } from '../../ui/toasts.tsx';
import { peopleKeys } from './people-queries.ts';

/** Ends all sessions of the account; this browser goes on with a new one. */
export function PasswordForm(): ReactNode {
  const { api, session } = useConsole();
  const email = useSession()?.user.email ?? '';
  const client = useQueryClient();
  const tell = useToast();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const change = useMutation({
    mutationFn: () => api.call('/v1/auth/password', Session, { method: 'POST', json: { current, next } }),
    onSuccess: async (renewed) => {
      session.set(renewed);
      setCurrent('');
      setNext('');
      tell('succeeded', 'Password changed. Every other session has ended.');
      await client.invalidateQueries({ queryKey: peopleKeys.sessions });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!change.isPending) change.mutate();
  };
  return (
    <section className="surface-card p-4" aria-labelledby="password-title">
      <h2 id="password-title" className="text-base font-semibold">
        Password
      </h2>
      <p className="mb-4 text-ink-2">Changing it signs you out everywhere but here.</p>
      <form className="flex max-w-93 flex-col gap-4" onSubmit={submit}>
        {/* for password managers: which account this is */}
        <input type="hidden" name="username" autoComplete="username" value={email} />
        <PasswordField label="Current password" value={current} onChange={setCurrent} />
        <PasswordField label="New password" isNew value={next} onChange={setNext} />
        <FaultLine>{change.isError ? asFailure(change.error).message : null}</FaultLine>
        <button type="submit" className="btn self-start" aria-disabled={change.isPending}>
          Change the password
        </button>
      </form>
    </section>
  );
}

/** For whoever has left their last organization, or was removed from it: nothing is here but the way on. */
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useSession } from '../lib/console-context.tsx';
import { asFailure } from '../lib/problem-error.ts';
import { useCreateOrganization } from '../lib/use-create-organization.ts';
import { useSignOut } from '../lib/use-sign-out.ts';
import { FaultLine } from '../ui/fault-line.tsx';
import { TextField } from '../ui/field.tsx';
import { Logo } from '../ui/logo.tsx';
import { useTitle } from '../ui/page.tsx';

export function MemberOfNothing(): ReactNode {
  useTitle('No organization');
  const signOut = useSignOut();
  const session = useSession();
  const create = useCreateOrganization();
  const [name, setName] = useState('');
  const work = useMutation({ mutationFn: async () => (await create(name.trim()))() });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!work.isPending) work.mutate();
  };
  return (
    <main className="m-auto flex min-h-dvh w-full max-w-105 flex-col justify-center gap-5 px-6 py-8">
      <Logo size={30} word />
      <div>
        <h1 className="text-2xl font-semibold tracking-[-0.02em]">You are in no organization</h1>
        <p className="mt-1 text-base break-words text-ink-2">
          {session?.user.email} is signed in, but a member of nothing. Open the link of an invitation, or make an organization of
          your own.
        </p>
      </div>
      <form className="flex flex-col gap-4" onSubmit={submit}>
        <TextField label="Name of the organization" required large maxLength={100} value={name} onChange={setName} />
        <FaultLine>{work.isError ? asFailure(work.error).message : null}</FaultLine>
        <div className="flex flex-wrap gap-2">
          <button type="submit" className="btn btn-primary btn-lg" aria-disabled={work.isPending}>
            Make the organization
          </button>
          <button type="button" className="btn btn-ghost btn-lg" onClick={() => void signOut()}>
            Sign out
          </button>
        </div>
      </form>
    </main>
  );
}

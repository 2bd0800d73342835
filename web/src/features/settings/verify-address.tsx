import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Nothing } from '../../lib/api/account.ts';
import { useApi, useSession } from '../../lib/console-context.tsx';
import { asFailure } from '../../lib/problem-error.ts';
import { FaultLine } from '../../ui/fault-line.tsx';

/** Has a link sent that proves the account's address. */
export function VerifyAddress(): ReactNode {
  const api = useApi();
  const email = useSession()?.user.email;
  const send = useMutation({ mutationFn: () => api.call('/v1/auth/email-verification', Nothing, { method: 'POST' }) });
  return (
    <section className="surface-card flex flex-wrap items-center gap-4 p-4" aria-labelledby="address-title">
      <div className="min-w-0 flex-1 basis-60">
        <h2 id="address-title" className="text-base font-semibold">
          E-mail address
        </h2>
        <p role="status" className="break-words text-ink-2">
          {send.isSuccess
            ? `A link is on its way to ${email}. It works for seven days.`
            : `A link to ${email} proves that it is yours.`}
        </p>
      </div>
      <button type="button" className="btn" aria-disabled={send.isPending} onClick={() => send.isPending || send.mutate()}>
        Send the link
      </button>
      {send.isError ? (
        <div className="basis-full">
          <FaultLine>{asFailure(send.error).message}</FaultLine>
        </div>
      ) : null}
    </section>
  );
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Nothing } from '../../lib/api/account.ts';
import { Authorization, type Credential, type CredentialType, CredentialUses, Verdict } from '../../lib/api/credential.ts';
import { useApi } from '../../lib/console-context.tsx';
import { asFailure } from '../../lib/problem-error.ts';
import { FaultLine } from '../../ui/fault-line.tsx';
import { StatusBadge } from '../../ui/status.tsx';
import { TimeAgo } from '../../ui/time-text.tsx';
import { useToast } from '../../ui/toasts.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { credentialsKey } from './credential-queries.ts';

/** One credential: tried, authorized where its kind asks a person, changed, deleted. */
export function CredentialRow(props: {
  readonly credential: Credential;
  readonly type: CredentialType | undefined;
  readonly mayWrite: boolean;
  readonly onEdit: () => void;
}): ReactNode {
  const { credential, type, mayWrite } = props;
  const api = useApi();
  const client = useQueryClient();
  const tell = useToast();
  const [isDeleting, setDeleting] = useState(false);
  const path = `/v1/credentials/${encodeURIComponent(credential.id)}`;
  const test = useMutation({
    mutationFn: () => api.call(`${path}/test`, Verdict, { method: 'POST', json: {} }),
    onSuccess: ({ ok, detail }) => (ok ? tell('succeeded', `${credential.name} works. ${detail}`) : undefined),
  });
  const authorize = useMutation({
    mutationFn: () => api.call(`${path}/authorize`, Authorization, { method: 'POST' }),
    // back from there, the page is loaded anew
    onSuccess: ({ url }) => window.open(url, '_blank', 'noopener'),
  });
  const refusal = test.data?.ok === false ? `It does not work: ${test.data.detail}` : null;
  const failure = test.error ?? authorize.error;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-3 py-2.5 last:border-0">
      <div className="min-w-0 flex-1 basis-56 max-md:basis-full">
        <div className="truncate font-medium">{credential.name}</div>
        <div className="text-xs break-words text-ink-3">
          {type?.title ?? credential.kind} · {credential.fields.join(', ')}
          {credential.allowedHosts.length > 0 ? ` · only to ${credential.allowedHosts.join(', ')}` : ''} ·{' '}
          {credential.source === undefined ? (
            <>
              changed <TimeAgo at={credential.updatedAt} />
            </>
          ) : (
            'from the server’s environment'
          )}
        </div>
      </div>
      {credential.authorization === undefined ? null : credential.authorization === 'authorized' ? (
        <StatusBadge status="succeeded">Authorized</StatusBadge>
      ) : (
        <StatusBadge status="invalid">
          {credential.authorization === 'expired' ? 'Authorize again' : 'Not authorized'}
        </StatusBadge>
      )}
      {mayWrite ? (
        <>
          {credential.authorization === undefined ? null : (
            <button
              type="button"
              className="btn btn-sm"
              aria-label={`Authorize ${credential.name}`}
              onClick={() => authorize.mutate()}
            >
              Authorize
            </button>
          )}
          {type?.test ? (
            <button
              type="button"
              className="btn btn-sm"
              aria-label={`Try ${credential.name}`}
              aria-disabled={test.isPending}
              onClick={() => test.isPending || test.mutate()}
            >
              Try
            </button>
          ) : null}
          <button type="button" className="btn btn-sm" aria-label={`Change ${credential.name}`} onClick={props.onEdit}>
            Change
          </button>
          <button type="button" className="btn btn-sm" aria-label={`Delete ${credential.name}`} onClick={() => setDeleting(true)}>
            Delete
          </button>
        </>
      ) : null}
      <div className="basis-full empty:hidden">
        <FaultLine>{refusal ?? (failure ? asFailure(failure).message : null)}</FaultLine>
      </div>
      {isDeleting ? (
        <ConfirmDialog
          title={`Delete ${credential.name}`}
          button="Delete the credential"
          keep="Keep it"
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            const { items } = await api.call(`${path}/used-by`, CredentialUses);
            if (items.length > 0)
              throw new Error(`It is used by ${items.map(({ name }) => name).join(', ')}. Take it out of them first.`);
            await api.call(path, Nothing, { method: 'DELETE' });
            await client.invalidateQueries({ queryKey: credentialsKey });
          }}
        >
          <p>Its values are gone for good. A credential that workflows use is not deleted.</p>
        </ConfirmDialog>
      ) : null}
    </li>
  );
}

/** The organization that this tab works in, the others that the person is in, and a new one. */
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { useMay, useMemberships } from '../../lib/account-queries.ts';
import { useConsole, useSession } from '../../lib/console-context.tsx';
import { keys } from '../../lib/queries.ts';
import { roleWords } from '../../lib/roles.ts';
import { Membership } from '../../lib/session.ts';
import { useCreateOrganization } from '../../lib/use-create-organization.ts';
import { TextField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { FormDialog } from './form-dialog.tsx';

export function OrganizationPage(): ReactNode {
  const { session: store } = useConsole();
  const current = useSession()?.organization;
  const query = useMemberships();
  const mayRename = useMay('organizations.manage') === true;
  const [params, setParams] = useSearchParams();
  const [renaming, setRenaming] = useState(false);
  return (
    <Page
      title="Organization"
      lead={`You work in ${current?.name ?? 'your organization'}.`}
      actions={
        <>
          {mayRename ? (
            <button type="button" className="btn" onClick={() => setRenaming(true)}>
              Rename
            </button>
          ) : null}
          <button type="button" className="btn" onClick={() => setParams({ new: '1' }, { replace: true })}>
            <Icon name="plus" />
            New organization
          </button>
        </>
      }
    >
      {query.isError ? (
        <ErrorNotice title="Your organizations could not be read" error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      <section aria-label="Your organizations" className="surface-card max-w-160 shrink-0">
        {query.isPending ? <SkeletonRows label="Reading your organizations" rows={1} /> : null}
        <ul>
          {query.data?.items.map((one) => (
            <li key={one.id} className="flex items-center gap-3 border-b border-line px-3 py-2.5 last:border-0">
              <div className="min-w-0 flex-1">
                <div className="truncate font-medium">{one.name}</div>
                <div className="text-xs text-ink-3">{roleWords[one.role]}</div>
              </div>
              {one.id === current?.id ? (
                <span className="chip">You are here</span>
              ) : (
                <button
                  type="button"
                  className="btn btn-sm"
                  aria-label={`Switch to ${one.name}`}
                  onClick={() => store.choose(one.id)}
                >
                  Switch
                </button>
              )}
            </li>
          ))}
        </ul>
      </section>
      {params.has('new') ? <NewOrganizationDialog onClose={() => setParams({}, { replace: true })} /> : null}
      {renaming && current?.id ? (
        <RenameDialog id={current.id} name={current.name ?? ''} onClose={() => setRenaming(false)} />
      ) : null}
    </Page>
  );
}

function NewOrganizationDialog(props: { readonly onClose: () => void }): ReactNode {
  const create = useCreateOrganization();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  return (
    <FormDialog
      title="New organization"
      button="Make the organization"
      onClose={props.onClose}
      onSubmit={async () => {
        const goOn = await create(name.trim());
        await navigate('/settings/organization', { replace: true });
        goOn();
      }}
    >
      <TextField
        label="Name"
        required
        maxLength={100}
        value={name}
        onChange={setName}
        help="You own it, and are its only member at first. This tab goes on in it."
      />
    </FormDialog>
  );
}

function RenameDialog(props: { readonly id: string; readonly name: string; readonly onClose: () => void }): ReactNode {
  const { api } = useConsole();
  const client = useQueryClient();
  const [name, setName] = useState(props.name);
  return (
    <FormDialog
      title="Rename the organization"
      button="Rename"
      onClose={props.onClose}
      onSubmit={async () => {
        await api.call(`/v1/organizations/${encodeURIComponent(props.id)}`, Membership, {
          method: 'PATCH',
          json: { name: name.trim() },
        });
        await Promise.all([keys.memberships, keys.me].map((queryKey) => client.invalidateQueries({ queryKey })));
        props.onClose();
      }}
    >
      <TextField label="Name" required maxLength={100} value={name} onChange={setName} />
    </FormDialog>
  );
}

/** What workflows sign in elsewhere with: stored sealed, named, tried, never shown. Everybody sees the names; editors change them. */
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useMay } from '../../lib/account-queries.ts';
import type { Credential } from '../../lib/api/credential.ts';
import { Icon } from '../../ui/icon.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { Tile } from '../../ui/tile.tsx';
import { CredentialDialog } from './credential-dialog.tsx';
import { credentialsKey, useCredentials, useCredentialTypes } from './credential-queries.ts';
import { CredentialRow } from './credential-row.tsx';
import { itemsOf } from './people-queries.ts';

export function CredentialsPage(): ReactNode {
  const query = useCredentials();
  const types = useCredentialTypes().data?.items ?? [];
  const mayWrite = useMay('credentials.write') === true;
  const client = useQueryClient();
  const [editing, setEditing] = useState<Credential | 'new' | null>(null);
  const credentials = itemsOf(query);
  return (
    <Page
      title="Credentials"
      lead="What workflows sign in elsewhere with. Values are never shown again."
      actions={
        mayWrite && types.length > 0 ? (
          <button type="button" className="btn btn-primary" onClick={() => setEditing('new')}>
            <Icon name="plus" />
            New credential
          </button>
        ) : null
      }
    >
      {query.isError ? (
        <ErrorNotice title="The credentials could not be read" error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      <section aria-label="Credentials" className="surface-card max-w-220 shrink-0">
        {query.isPending ? <SkeletonRows label="Reading credentials" rows={3} /> : null}
        {query.isSuccess && credentials.length === 0 ? (
          <EmptyState icon={<Tile icon="key" kind="data" />} title="No credentials yet">
            <p>A step names the credential that it needs. Make it here under that name; its values stay sealed on the server.</p>
          </EmptyState>
        ) : null}
        <ul>
          {credentials.map((one) => (
            <CredentialRow
              key={one.id}
              credential={one}
              type={types.find(({ kind }) => kind === one.kind)}
              mayWrite={mayWrite && one.source === undefined}
              onEdit={() => setEditing(one)}
            />
          ))}
        </ul>
      </section>
      <LoadMore query={query} />
      {editing === null ? null : (
        <CredentialDialog
          credential={editing === 'new' ? null : editing}
          types={types}
          onClose={() => setEditing(null)}
          onSaved={async () => {
            setEditing(null);
            await client.invalidateQueries({ queryKey: credentialsKey });
          }}
        />
      )}
    </Page>
  );
}

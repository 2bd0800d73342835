/** Keys for machines: made here and shown once, seen by how they begin, revoked. */
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useMe } from '../../lib/account-queries.ts';
import { type ApiKey, Nothing } from '../../lib/api/account.ts';
import { useApi } from '../../lib/console-context.tsx';
import { roleWords } from '../../lib/roles.ts';
import { Icon } from '../../ui/icon.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { Permitted } from '../../ui/permitted.tsx';
import { Tile } from '../../ui/tile.tsx';
import { Moment, TimeAgo } from '../../ui/time-text.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { NewKeyDialog } from './new-key-dialog.tsx';
import { itemsOf, peopleKeys, useApiKeys } from './people-queries.ts';
import { SecretDialog } from './secret-dialog.tsx';

export function ApiKeysPage(): ReactNode {
  const me = useMe().data;
  const client = useQueryClient();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const may = me?.actions.includes('api-keys.manage') === true;
  return (
    <Page
      title="API keys"
      lead="For programs that call this organization’s API."
      actions={
        may ? (
          <button type="button" className="btn btn-primary" onClick={() => setMaking(true)}>
            <Icon name="plus" />
            New key
          </button>
        ) : null
      }
    >
      <Permitted action="api-keys.manage" what="API keys">
        <KeyList />
      </Permitted>
      {making && me ? (
        <NewKeyDialog
          own={me.user.role}
          onClose={() => setMaking(false)}
          onMade={async (key) => {
            setMaking(false);
            setMade(key);
            await client.invalidateQueries({ queryKey: peopleKeys.apiKeys });
          }}
        />
      ) : null}
      {made === null ? null : (
        <SecretDialog title="The new key" secret={made} copyLabel="Copy key" onClose={() => setMade(null)}>
          <p>It is shown this once. Send it as Authorization: Bearer.</p>
        </SecretDialog>
      )}
    </Page>
  );
}

function KeyList(): ReactNode {
  const query = useApiKeys();
  const apiKeys = itemsOf(query);
  return (
    <>
      {query.isError ? (
        <ErrorNotice title="The keys could not be read" error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      <section aria-label="Keys" className="surface-card max-w-220 shrink-0">
        {query.isPending ? <SkeletonRows label="Reading keys" rows={2} /> : null}
        {query.isSuccess && apiKeys.length === 0 ? (
          <EmptyState icon={<Tile icon="key" kind="data" />} title="No keys yet">
            <p>A personal key is worth what you are; a service key belongs to the organization and stays when you leave.</p>
          </EmptyState>
        ) : null}
        <ul>
          {apiKeys.map((key) => (
            <KeyRow key={key.id} apiKey={key} />
          ))}
        </ul>
      </section>
      <LoadMore query={query} />
    </>
  );
}

function KeyRow({ apiKey }: { readonly apiKey: ApiKey }): ReactNode {
  const api = useApi();
  const client = useQueryClient();
  const [revoking, setRevoking] = useState(false);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-3 py-2.5 last:border-0">
      <div className="min-w-0 flex-1 basis-56">
        <div className="truncate font-medium">
          {apiKey.name} <code className="font-normal text-ink-3">{apiKey.hint}…</code>
        </div>
        <div className="text-xs text-ink-3">
          {roleWords[apiKey.role]}, {apiKey.kind}
          {apiKey.scopes ? ` · only ${apiKey.scopes.join(', ')}` : ''} ·{' '}
          {apiKey.lastUsedAt ? (
            <>
              used <TimeAgo at={apiKey.lastUsedAt} />
            </>
          ) : (
            'never used'
          )}
          {apiKey.expiresAt ? (
            <>
              {' '}
              · ends <Moment at={apiKey.expiresAt} />
            </>
          ) : null}
        </div>
      </div>
      <button type="button" className="btn btn-sm" aria-label={`Revoke ${apiKey.name}`} onClick={() => setRevoking(true)}>
        Revoke
      </button>
      {revoking ? (
        <ConfirmDialog
          title={`Revoke ${apiKey.name}`}
          button="Revoke the key"
          keep="Keep it"
          onClose={() => setRevoking(false)}
          onConfirm={async () => {
            await api.call(`/v1/api-keys/${encodeURIComponent(apiKey.id)}`, Nothing, { method: 'DELETE' });
            await client.invalidateQueries({ queryKey: peopleKeys.apiKeys });
          }}
        >
          <p>Whatever calls with it is refused from the next request on. This cannot be undone.</p>
        </ConfirmDialog>
      ) : null}
    </li>
  );
}

/** Where the organization is told of its runs. Making an endpoint shows its secret this once. */
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import { useMay } from '../../lib/account-queries.ts';
import type { WebhookEndpoint } from '../../lib/api/webhook-endpoint.ts';
import { formatCount } from '../../lib/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { Permitted } from '../../ui/permitted.tsx';
import { StatusBadge } from '../../ui/status.tsx';
import { Tile } from '../../ui/tile.tsx';
import { endpointKeys, useEndpoints } from './endpoint-queries.ts';
import { EndpointSecret } from './endpoint-secret.tsx';
import { NewEndpointDialog } from './new-endpoint-dialog.tsx';

export function EndpointsPage(): ReactNode {
  const mayManage = useMay('webhooks.manage') === true;
  const client = useQueryClient();
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Page
      title="Webhooks out"
      lead="Addresses of yours that are told what happens here."
      actions={
        mayManage ? (
          <button type="button" className="btn btn-primary" onClick={() => setMaking(true)}>
            <Icon name="plus" />
            New endpoint
          </button>
        ) : null
      }
    >
      <Permitted action="webhooks.read" what="outgoing webhooks">
        <EndpointList />
      </Permitted>
      {making ? (
        <NewEndpointDialog
          onClose={() => setMaking(false)}
          onMade={async (made) => {
            setMaking(false);
            setSecret(made);
            await client.invalidateQueries({ queryKey: endpointKeys.list });
          }}
        />
      ) : null}
      {secret === null ? null : <EndpointSecret secret={secret} onClose={() => setSecret(null)} />}
    </Page>
  );
}

function EndpointList(): ReactNode {
  const query = useEndpoints();
  return (
    <>
      {query.isError ? (
        <ErrorNotice title="The endpoints could not be read" error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      <section aria-label="Endpoints" className="surface-card max-w-220 shrink-0">
        {query.isPending ? <SkeletonRows label="Reading endpoints" rows={2} /> : null}
        {query.data?.items.length === 0 ? (
          <EmptyState icon={<Tile icon="hook" kind="trigger" />} title="Nothing is told yet">
            <p>
              An endpoint gets a signed POST for every event that it asks for: an execution that failed, an approval that waits.
              What could not be delivered is tried again, and kept here to be sent again.
            </p>
          </EmptyState>
        ) : null}
        <ul>
          {query.data?.items.map((endpoint) => (
            <EndpointRow key={endpoint.id} endpoint={endpoint} />
          ))}
        </ul>
      </section>
    </>
  );
}

function EndpointRow({ endpoint }: { readonly endpoint: WebhookEndpoint }): ReactNode {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-3 py-2.5 last:border-0">
      <div className="min-w-0 flex-1 basis-56">
        <Link to={`/settings/webhooks-out/${endpoint.id}`} className="block truncate rounded-xs font-medium" title={endpoint.url}>
          {endpoint.description || endpoint.url}
        </Link>
        <div className="truncate text-xs text-ink-3">
          {endpoint.description ? `${endpoint.url} · ` : ''}
          {formatCount(endpoint.events.length, 'kind of event', 'kinds of events')}
        </div>
      </div>
      <EndpointState endpoint={endpoint} />
    </li>
  );
}

export function EndpointState({ endpoint }: { readonly endpoint: WebhookEndpoint }): ReactNode {
  if (endpoint.enabled) return <StatusBadge status="succeeded">On</StatusBadge>;
  return (
    <StatusBadge status={endpoint.disabledReason ? 'invalid' : 'paused'}>
      {endpoint.disabledReason ? 'Switched off' : 'Off'}
    </StatusBadge>
  );
}

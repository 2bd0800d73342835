/** One endpoint: whether it is on, what it is told, the log of deliveries, and sending them again. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { z } from 'zod';
import { useMay } from '../../lib/account-queries.ts';
import { Nothing } from '../../lib/api/account.ts';
import { EndpointWithSecret, type WebhookEndpoint } from '../../lib/api/webhook-endpoint.ts';
import { useApi } from '../../lib/console-context.tsx';
import { formatCount } from '../../lib/format.ts';
import { asFailure } from '../../lib/problem-error.ts';
import { FaultLine } from '../../ui/fault-line.tsx';
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { Permitted } from '../../ui/permitted.tsx';
import { useToast } from '../../ui/toasts.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { DeliveryLog } from './delivery-log.tsx';
import { endpointKeys, useEndpoints } from './endpoint-queries.ts';
import { EndpointSecret } from './endpoint-secret.tsx';
import { EndpointState } from './endpoints-page.tsx';

export function EndpointPage(): ReactNode {
  const { endpointId = '' } = useParams();
  const query = useEndpoints();
  const endpoint = query.data?.items.find((one) => one.id === endpointId);
  return (
    <Page
      title={endpoint?.description || endpoint?.url || 'Endpoint'}
      lead={
        <Link to="/settings/webhooks-out" className="link">
          All webhooks out
        </Link>
      }
    >
      <Permitted action="webhooks.read" what="outgoing webhooks">
        {query.isPending ? <SkeletonRows label="Reading the endpoint" /> : null}
        {query.isError ? (
          <ErrorNotice title="The endpoint could not be read" error={query.error} onRetry={() => void query.refetch()} />
        ) : null}
        {query.isSuccess && !endpoint ? (
          <div className="surface-card">
            <EmptyState title="There is no such endpoint here">
              <p>It was deleted, or belongs to another organization.</p>
            </EmptyState>
          </div>
        ) : null}
        {endpoint ? (
          <>
            <EndpointCard endpoint={endpoint} />
            <DeliveryLog endpointId={endpoint.id} />
          </>
        ) : null}
      </Permitted>
    </Page>
  );
}

function EndpointCard({ endpoint }: { readonly endpoint: WebhookEndpoint }): ReactNode {
  const mayManage = useMay('webhooks.manage') === true;
  return (
    <section aria-label="Endpoint" className="surface-card flex max-w-220 shrink-0 flex-col gap-3 p-4">
      <div className="flex flex-wrap items-center gap-3">
        <code className="min-w-0 flex-1 break-all">{endpoint.url}</code>
        <EndpointState endpoint={endpoint} />
      </div>
      {endpoint.disabledReason ? <p className="text-invalid">{endpoint.disabledReason}</p> : null}
      <p className="flex flex-wrap gap-1.5">
        {endpoint.events.map((event) => (
          <span key={event} className="chip">
            {event}
          </span>
        ))}
      </p>
      {mayManage ? <EndpointActions endpoint={endpoint} /> : null}
    </section>
  );
}

const Replayed = z.looseObject({ replayed: z.number(), more: z.boolean().catch(false) });

function EndpointActions({ endpoint }: { readonly endpoint: WebhookEndpoint }): ReactNode {
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const tell = useToast();
  const [asking, setAsking] = useState<'rotate' | 'delete' | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const path = `/v1/webhook-endpoints/${encodeURIComponent(endpoint.id)}`;
  const renew = () =>
    Promise.all(
      [endpointKeys.list, endpointKeys.deliveries(endpoint.id)].map((queryKey) => client.invalidateQueries({ queryKey })),
    );
  const act = useMutation({
    mutationFn: async (what: 'switch' | 'test' | 'replay') => {
      if (what === 'switch') await api.call(path, Nothing, { method: 'PATCH', json: { enabled: !endpoint.enabled } });
      else if (what === 'test') await api.call(`${path}/test`, Nothing, { method: 'POST' });
      else {
        const { replayed, more } = await api.call(`${path}/replay`, Replayed, { method: 'POST', json: {} });
        tell('running', `${formatCount(replayed, 'delivery', 'deliveries')} under way again${more ? ', there are more' : ''}.`);
      }
    },
    onSettled: renew,
  });
  const button = (what: 'switch' | 'test' | 'replay', label: string): ReactNode => (
    <button type="button" className="btn btn-sm" aria-disabled={act.isPending} onClick={() => act.isPending || act.mutate(what)}>
      {label}
    </button>
  );
  return (
    <div className="flex flex-wrap gap-2">
      {button('test', 'Send a test')}
      {button('replay', 'Send failed ones again')}
      {button('switch', endpoint.enabled ? 'Switch off' : 'Switch on')}
      <button type="button" className="btn btn-sm" onClick={() => setAsking('rotate')}>
        New secret
      </button>
      <button type="button" className="btn btn-sm btn-danger" onClick={() => setAsking('delete')}>
        Delete
      </button>
      <div className="basis-full empty:hidden">
        <FaultLine>{act.isError ? asFailure(act.error).message : null}</FaultLine>
      </div>
      {asking === 'rotate' ? (
        <ConfirmDialog
          title="New secret"
          button="Make a new secret"
          keep="Keep the old one"
          onClose={() => setAsking(null)}
          onConfirm={async () =>
            setSecret((await api.call(`${path}/rotate-secret`, EndpointWithSecret, { method: 'POST' })).secret)
          }
        >
          <p>Both sign for a day, so that your receiver can change over.</p>
        </ConfirmDialog>
      ) : null}
      {asking === 'delete' ? (
        <ConfirmDialog
          title="Delete this endpoint"
          button="Delete the endpoint"
          keep="Keep it"
          onClose={() => setAsking(null)}
          onConfirm={async () => {
            await api.call(path, Nothing, { method: 'DELETE' });
            await navigate('/settings/webhooks-out');
            await client.invalidateQueries({ queryKey: endpointKeys.list });
          }}
        >
          <p>Nothing is sent there any more. What is under way ends as failed.</p>
        </ConfirmDialog>
      ) : null}
      {secret === null ? null : <EndpointSecret secret={secret} onClose={() => setSecret(null)} />}
    </div>
  );
}

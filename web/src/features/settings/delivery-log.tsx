/** What an endpoint was sent, newest first; each opens to its tries and its body, and can be sent again. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import { useMay } from '../../lib/account-queries.ts';
import { Nothing } from '../../lib/api/account.ts';
import { type WebhookDelivery, WebhookDeliveryDetail } from '../../lib/api/webhook-endpoint.ts';
import { useApi } from '../../lib/console-context.tsx';
import { formatCount, formatDuration } from '../../lib/format.ts';
import { asFailure } from '../../lib/problem-error.ts';
import { FaultLine } from '../../ui/fault-line.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { StatusBadge, type StatusName } from '../../ui/status.tsx';
import { Moment } from '../../ui/time-text.tsx';
import { endpointKeys, useDeliveries } from './endpoint-queries.ts';
import { itemsOf } from './people-queries.ts';

type Filter = '' | 'failed' | 'pending' | 'delivered';

const shown: Readonly<Record<WebhookDelivery['status'], { readonly status: StatusName; readonly word: string }>> = {
  pending: { status: 'running', word: 'Under way' },
  delivered: { status: 'succeeded', word: 'Delivered' },
  failed: { status: 'failed', word: 'Failed' },
};

export function DeliveryLog(props: { readonly endpointId: string }): ReactNode {
  const [filter, setFilter] = useState<Filter>('');
  const query = useDeliveries(props.endpointId, filter);
  const deliveries = itemsOf(query);
  return (
    <section aria-labelledby="deliveries-title" className="flex max-w-220 shrink-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-3">
        <h2 id="deliveries-title" className="flex-1 text-base font-semibold">
          Deliveries
        </h2>
        <Segmented
          label="Which deliveries"
          value={filter}
          onChange={setFilter}
          options={[
            { value: '', label: 'All' },
            { value: 'failed', label: 'Failed' },
            { value: 'pending', label: 'Under way' },
            { value: 'delivered', label: 'Delivered' },
          ]}
        />
      </div>
      {query.isError ? (
        <ErrorNotice title="The deliveries could not be read" error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      <div className="surface-card">
        {query.isPending ? <SkeletonRows label="Reading deliveries" rows={3} /> : null}
        {query.isSuccess && deliveries.length === 0 ? (
          <p className="p-3 text-ink-2">None{filter === '' ? ' yet' : ' like this'}.</p>
        ) : null}
        <ul>
          {deliveries.map((delivery) => (
            <DeliveryRow key={delivery.id} delivery={delivery} endpointId={props.endpointId} />
          ))}
        </ul>
      </div>
      <LoadMore query={query} />
    </section>
  );
}

function DeliveryRow(props: { readonly delivery: WebhookDelivery; readonly endpointId: string }): ReactNode {
  const { delivery } = props;
  const api = useApi();
  const client = useQueryClient();
  const mayManage = useMay('webhooks.manage') === true;
  const [open, setOpen] = useState(false);
  const replay = useMutation({
    mutationFn: () => api.call(`/v1/webhook-deliveries/${encodeURIComponent(delivery.id)}/replay`, Nothing, { method: 'POST' }),
    onSettled: () => client.invalidateQueries({ queryKey: endpointKeys.deliveries(props.endpointId) }),
  });
  const last = delivery.attempts.at(-1);
  return (
    <li className="border-b border-line last:border-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-3 py-2.5">
        <button
          type="button"
          className="min-w-0 flex-1 basis-56 rounded-xs text-left"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <code className="block truncate font-medium">{delivery.type}</code>
          <span className="block text-xs text-ink-3">
            <Moment at={delivery.createdAt} /> · {formatCount(delivery.attempts.length, 'try', 'tries')}
            {last ? ` · ${last.status ?? last.error ?? ''}` : ''}
          </span>
        </button>
        <StatusBadge status={shown[delivery.status].status}>{shown[delivery.status].word}</StatusBadge>
        {mayManage && delivery.status !== 'pending' ? (
          <button
            type="button"
            className="btn btn-sm"
            aria-label={`Send again: ${delivery.type}`}
            aria-disabled={replay.isPending}
            onClick={() => replay.isPending || replay.mutate()}
          >
            Send again
          </button>
        ) : null}
      </div>
      {replay.isError ? (
        <div className="px-3 pb-2.5">
          <FaultLine>{asFailure(replay.error).message}</FaultLine>
        </div>
      ) : null}
      {open ? <DeliveryDetail delivery={delivery} /> : null}
    </li>
  );
}

function DeliveryDetail({ delivery }: { readonly delivery: WebhookDelivery }): ReactNode {
  const api = useApi();
  const query = useQuery({
    queryKey: ['webhook-deliveries', 'one', delivery.id],
    queryFn: ({ signal }) =>
      api.call(`/v1/webhook-deliveries/${encodeURIComponent(delivery.id)}`, WebhookDeliveryDetail, { signal }),
  });
  return (
    <div className="flex flex-col gap-3 px-3 pb-3">
      {delivery.executionId ? (
        <Link to={`/executions/${delivery.executionId}`} className="link self-start">
          Open the execution
        </Link>
      ) : null}
      <table className="values">
        <thead>
          <tr>
            <th scope="col">Tried</th>
            <th scope="col">Took</th>
            <th scope="col">Answer</th>
          </tr>
        </thead>
        <tbody>
          {delivery.attempts.map((attempt) => (
            <tr key={attempt.at}>
              <td>
                <Moment at={attempt.at} />
              </td>
              <td>{formatDuration(attempt.durationMs)}</td>
              <td>
                {attempt.status ?? attempt.error ?? ''}
                {attempt.response ? <span className="block text-ink-3">{attempt.response.slice(0, 200)}</span> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {query.isError ? <ErrorNotice title="The body could not be read" error={query.error} /> : null}
      {query.data ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <pre tabIndex={0} className="max-h-60 overflow-auto rounded-md bg-sunken p-3 text-xs break-all whitespace-pre-wrap">
          {query.data.payload}
        </pre>
      ) : null}
    </div>
  );
}

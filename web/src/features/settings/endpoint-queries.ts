/** Outgoing webhooks: the endpoints, and the log of what one was sent. */
import { useQuery } from '@tanstack/react-query';
import { WebhookDeliveryPage, WebhookEndpointList } from '../../lib/api/webhook-endpoint.ts';
import { useApi } from '../../lib/console-context.tsx';
import { usePages } from './people-queries.ts';

export const endpointKeys = {
  list: ['webhook-endpoints'] as const,
  deliveries: (id: string) => ['webhook-deliveries', id] as const,
};

export function useEndpoints() {
  const api = useApi();
  return useQuery({
    queryKey: endpointKeys.list,
    queryFn: ({ signal }) => api.call('/v1/webhook-endpoints', WebhookEndpointList, { signal }),
  });
}

/** Read again now and then: deliveries end by themselves. */
export function useDeliveries(endpointId: string, status: string) {
  const path = `/v1/webhook-endpoints/${encodeURIComponent(endpointId)}/deliveries`;
  return usePages(path, WebhookDeliveryPage, endpointKeys.deliveries(endpointId), { status }, { refreshMs: 5_000 });
}

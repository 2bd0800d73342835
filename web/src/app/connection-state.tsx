/** Whether the server answers, asked every 20 s and when the browser says that the network came back. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApi } from '../lib/console-context.tsx';

export function ConnectionState(props: { readonly compact: boolean }): ReactNode {
  const api = useApi();
  const query = useQuery({
    queryKey: ['connection'],
    queryFn: async ({ signal }) => {
      await api.open('/healthz', { signal });
      return true;
    },
    refetchInterval: 20_000,
    refetchOnReconnect: true,
    retry: 1,
  });
  const word = query.isError ? 'Offline' : query.isSuccess ? 'Live' : 'Connecting';
  const dot = query.isError
    ? 'bg-failed ring-failed-soft'
    : query.isSuccess
      ? 'bg-succeeded ring-succeeded-soft'
      : 'bg-queued ring-queued-soft';
  return (
    <div role="status" title={word} className="flex items-center gap-2 px-2 text-xs text-ink-3">
      <span className={`size-[7px] rounded-full ring-3 ${dot}`} aria-hidden="true" />
      <span className={props.compact ? 'sr-only' : ''}>{word}</span>
    </div>
  );
}

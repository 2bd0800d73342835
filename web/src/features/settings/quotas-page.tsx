/** What the organization may use and uses. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { QuotaUses } from '../../lib/api/account.ts';
import { useApi } from '../../lib/console-context.tsx';
import { ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';

const words: Readonly<Record<string, { readonly label: string; readonly note: string }>> = {
  executionsPerDay: { label: 'Executions today', note: 'Started since midnight, UTC' },
  concurrentExecutions: { label: 'Executions under way', note: 'Those that wait included' },
  storedBytes: { label: 'Storage', note: 'An estimate' },
  workflows: { label: 'Workflows', note: '' },
  schedules: { label: 'Live schedules', note: '' },
  members: { label: 'Members', note: 'Open invitations count' },
  apiKeys: { label: 'API keys', note: '' },
};

export function QuotasPage(): ReactNode {
  const api = useApi();
  const query = useQuery({
    queryKey: ['quotas'],
    queryFn: ({ signal }) => api.call('/v1/quotas', QuotaUses, { signal }),
    refetchInterval: 15_000,
  });
  return (
    <Page title="Quotas" lead="What the organization may use, and uses. The owner of the installation sets the limits.">
      {query.isError ? (
        <ErrorNotice title="The quotas could not be read" error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      <section aria-label="Quotas" className="surface-card max-w-160 shrink-0">
        {query.isPending ? <SkeletonRows label="Reading quotas" /> : null}
        <ul>
          {Object.entries(query.data ?? {}).map(([name, use]) => (
            <QuotaRow key={name} name={name} used={use.used} limit={use.limit} />
          ))}
        </ul>
      </section>
    </Page>
  );
}

function QuotaRow(props: { readonly name: string; readonly used: number; readonly limit: number | null }): ReactNode {
  const { name, used, limit } = props;
  const { label, note } = words[name] ?? { label: name, note: '' };
  const show = (count: number): string => (name === 'storedBytes' ? bytes(count) : count.toLocaleString('en'));
  const isFull = limit !== null && used >= limit;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-b border-line px-4 py-3 last:border-0">
      <div className="min-w-0 flex-1 basis-40">
        <div className="font-medium">{label}</div>
        {note === '' ? null : <div className="text-xs text-ink-3">{note}</div>}
      </div>
      {limit === null ? null : (
        <progress
          className={`quota-bar w-32 ${isFull ? 'is-full' : ''}`}
          aria-label={label}
          max={Math.max(limit, 1)}
          value={Math.min(used, Math.max(limit, 1))}
        />
      )}
      <div className="w-40 text-right">
        {show(used)} <span className="text-ink-3">{limit === null ? 'used, no limit' : `of ${show(limit)}`}</span>
        {isFull ? <div className="text-xs text-invalid">Used up</div> : null}
      </div>
    </li>
  );
}

function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, count < 1 ? 0 : Math.floor(Math.log10(count) / 3));
  const value = count / 1_000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

/** Who changed what, when and from where, newest first, page by page. Filters are in the address. */
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import type { AuditEntry } from '../../lib/api/account.ts';
import { phoneQuery, useMedia } from '../../lib/use-media.ts';
import { LoadMore } from '../../ui/load-more.tsx';
import { EmptyState, ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { Permitted } from '../../ui/permitted.tsx';
import { AuditCards, AuditTable } from './audit-entries.tsx';
import { itemsOf, useAuditLog, useMembers } from './people-queries.ts';

/** Kinds of what is logged: an action begins with one of them. */
const kinds = [
  ['workflow', 'Workflows'],
  ['execution', 'Executions'],
  ['approval', 'Approvals'],
  ['dead-letter', 'Dead letters'],
  ['credential', 'Credentials'],
  ['variable', 'Variables'],
  ['member', 'Members'],
  ['invitation', 'Invitations'],
  ['api-key', 'API keys'],
  ['webhook-endpoint', 'Webhooks out'],
  ['organization', 'Organization'],
] as const;

export function AuditLogPage(): ReactNode {
  return (
    <Page title="Audit log" lead="Every change in the organization. Nothing changes or deletes an entry.">
      <Permitted action="audit-log.read" what="the audit log">
        <AuditLog />
      </Permitted>
    </Page>
  );
}

function AuditLog(): ReactNode {
  const [params, setParams] = useSearchParams();
  const by = params.get('by') ?? '';
  const kind = params.get('kind') ?? '';
  const day = params.get('from') ?? '';
  const from = day === '' || Number.isNaN(Date.parse(day)) ? undefined : new Date(`${day}T00:00:00`).toISOString();
  const query = useAuditLog({ action: kind === '' ? undefined : `${kind}.`, by, from });
  const people = itemsOf(useMembers());
  const phone = useMedia(phoneQuery);
  const entries: readonly AuditEntry[] = itemsOf(query);
  const names = new Map(people.map((member) => [member.userId, member.email]));
  const choose = (name: string, value: string): void => {
    const next = new URLSearchParams(params);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setParams(next, { replace: true });
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <select
          className="input"
          aria-label="What was changed"
          value={kind}
          onChange={(event) => choose('kind', event.target.value)}
        >
          <option value="">Everything</option>
          {kinds.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        <select
          className="input max-w-60"
          aria-label="Who changed it"
          value={by}
          onChange={(event) => choose('by', event.target.value)}
        >
          <option value="">Anybody</option>
          {people.map((member) => (
            <option key={member.userId} value={member.userId}>
              {member.email}
            </option>
          ))}
        </select>
        <label className="flex items-center gap-2 text-ink-2">
          Since
          <input type="date" className="input w-auto!" value={day} onChange={(event) => choose('from', event.target.value)} />
        </label>
      </div>
      {query.isError ? (
        <ErrorNotice title="The audit log could not be read" error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      <section aria-label="Entries" className="surface-card shrink-0">
        {query.isPending ? (
          <SkeletonRows label="Reading the audit log" />
        ) : entries.length === 0 ? (
          <EmptyState title="Nothing was changed that fits">
            <p>{query.hasNextPage ? 'Further back there may be more: look on below.' : 'Choose another filter to see more.'}</p>
          </EmptyState>
        ) : phone ? (
          <AuditCards entries={entries} names={names} />
        ) : (
          <AuditTable entries={entries} names={names} />
        )}
      </section>
      <LoadMore query={query} />
    </>
  );
}

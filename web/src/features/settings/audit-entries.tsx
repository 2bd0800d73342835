/** Entries of the audit log as a table, and as two-line rows on a phone. */
import type { ReactNode } from 'react';
import type { AuditEntry } from '../../lib/api/account.ts';
import { Moment } from '../../ui/time-text.tsx';
import { summaryOf } from './audit-words.ts';

type Props = { readonly entries: readonly AuditEntry[]; readonly names: ReadonlyMap<string, string> };

export function AuditTable({ entries, names }: Props): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="overflow-x-auto" tabIndex={0} aria-label="Table of entries">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <td className="text-ink-2">
                <Moment at={entry.at} />
              </td>
              <td>
                <Who entry={entry} names={names} />
              </td>
              <td className="max-w-105 whitespace-normal!">
                <What entry={entry} />
              </td>
              <td className="text-xs text-ink-2" title={entry.from?.requestId}>
                {entry.from?.address ?? '-'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function AuditCards({ entries, names }: Props): ReactNode {
  return (
    <ul>
      {entries.map((entry) => (
        <li key={entry.id} className="flex flex-col gap-1 border-b border-line p-3 last:border-0">
          <What entry={entry} />
          <Who entry={entry} names={names} />
          <div className="text-xs text-ink-3">
            <Moment at={entry.at} />
            {entry.from ? ` · ${entry.from.address}` : ''}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Who({ entry, names }: { readonly entry: AuditEntry; readonly names: ReadonlyMap<string, string> }): ReactNode {
  const { by } = entry;
  if (by.via === 'system') return <span className="text-ink-2">The platform</span>;
  const name = names.get(by.userId);
  return (
    <div className="min-w-0">
      <div className="max-w-60 truncate" title={name ?? by.userId}>
        {name ?? <code className="text-xs">{by.userId}</code>}
      </div>
      {by.keyId ? (
        <div className="truncate text-xs text-ink-3" title={by.keyId}>
          by an API key
        </div>
      ) : null}
    </div>
  );
}

function What({ entry }: { readonly entry: AuditEntry }): ReactNode {
  const { action, target, details } = entry;
  const summary = summaryOf(details);
  return (
    <div className="min-w-0">
      <code className="text-xs">{action}</code>{' '}
      <span className="font-medium break-words" title={target.id}>
        {target.name ?? target.id}
      </span>
      {summary === '' ? null : <div className="text-xs break-words text-ink-3">{summary}</div>}
    </div>
  );
}

/** What ran, and what was given up on: two lists of the same place. */
import type { ReactNode } from 'react';
import { NavLink } from 'react-router';
import { useDeadLetters } from '../lib/queries.ts';

const item =
  'flex h-8 items-center gap-1.5 rounded-md px-2.5 font-medium text-ink-2 hover:bg-hover aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent max-md:min-h-11';

export function HistoryNav(): ReactNode {
  const pages = useDeadLetters({ status: 'open' }).data?.pages ?? [];
  const count = pages.reduce((sum, page) => sum + page.items.length, 0);
  const text = pages.at(-1)?.nextCursor ? `${count}+` : String(count);
  return (
    <nav aria-label="History" className="flex items-center gap-1">
      <NavLink to="/executions" className={item}>
        Executions
      </NavLink>
      <NavLink to="/dead-letters" className={item}>
        Dead letters
        {count === 0 ? null : (
          <span className="rounded-sm bg-failed-soft px-1.5 text-xs font-semibold text-failed">
            {text}
            <span className="sr-only"> open</span>
          </span>
        )}
      </NavLink>
    </nav>
  );
}

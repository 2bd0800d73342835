/** The pages of Settings with the list of them beside, or on a phone above, each. */
import { type ReactNode, useEffect, useRef } from 'react';
import { NavLink, Outlet, useLocation } from 'react-router';

const groups = [
  {
    title: 'You',
    pages: [
      { to: '/settings', label: 'General' },
      { to: '/settings/security', label: 'Password and sessions' },
    ],
  },
  {
    title: 'Organization',
    pages: [
      { to: '/settings/organization', label: 'Organization' },
      { to: '/settings/members', label: 'Members' },
      { to: '/settings/credentials', label: 'Credentials' },
      { to: '/settings/api-keys', label: 'API keys' },
      { to: '/settings/usage', label: 'Quotas' },
      { to: '/settings/webhooks-out', label: 'Webhooks out' },
      { to: '/settings/audit-log', label: 'Audit log' },
    ],
  },
] as const;

const item =
  'flex h-8 shrink-0 items-center rounded-md px-2.5 font-medium whitespace-nowrap text-ink-2 hover:bg-hover aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent max-md:min-h-11';

export function SettingsLayout(): ReactNode {
  const { pathname } = useLocation();
  const list = useRef<HTMLElement>(null);
  // on a phone the list is a strip that may hide where one is
  // biome-ignore lint/correctness/useExhaustiveDependencies: with every page
  useEffect(() => {
    list.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [pathname]);
  return (
    <div className="flex min-h-0 flex-1 flex-col md:flex-row">
      <nav
        ref={list}
        aria-label="Settings"
        className="flex shrink-0 gap-1 overflow-x-auto border-line px-2 py-1 max-md:border-b md:w-48 md:flex-col md:gap-4 md:overflow-y-auto md:border-r md:px-3 md:py-6"
      >
        {groups.map((group) => (
          <div key={group.title} className="flex gap-1 md:flex-col md:gap-0.5">
            <h2 className="px-2.5 pb-1 text-xs text-ink-3 max-md:sr-only">{group.title}</h2>
            {group.pages.map((page) => (
              <NavLink key={page.to} to={page.to} end={page.to === '/settings'} className={item}>
                {page.label}
              </NavLink>
            ))}
          </div>
        ))}
      </nav>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <Outlet />
      </div>
    </div>
  );
}

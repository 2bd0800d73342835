/** Navigation around every page. Without a session it sends to the sign-in page, which brings back to the same address. */
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, Navigate, NavLink, Outlet, useLocation, useNavigate } from 'react-router';
import { useMemberships } from '../lib/account-queries.ts';
import { useConsole, useSession } from '../lib/console-context.tsx';
import { useApprovals } from '../lib/queries.ts';
import { scopeOf } from '../lib/session.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { Logo } from '../ui/logo.tsx';
import { useToast } from '../ui/toasts.tsx';
import { ConnectionState } from './connection-state.tsx';
import { MemberOfNothing } from './member-of-nothing.tsx';
import { OrganizationSwitcher } from './organization-switcher.tsx';
import { ThemeButton } from './theme-button.tsx';
import { useGoKeys } from './use-go-keys.ts';

type Place = {
  readonly to: string;
  readonly label: string;
  readonly icon: IconName;
  /** Another page of the same place. */
  readonly also?: string;
};

const places: readonly Place[] = [
  { to: '/workflows', label: 'Workflows', icon: 'flow' },
  { to: '/executions', label: 'Executions', icon: 'runs', also: '/dead-letters' },
  { to: '/approvals', label: 'Approvals', icon: 'inbox' },
];

/** How many approvals wait, in words too; nothing where none does. */
function useWaiting(): { readonly text: string; readonly words: string } | null {
  const pages = useApprovals('pending').data?.pages ?? [];
  const count = pages.reduce((sum, page) => sum + page.items.length, 0);
  if (count === 0) return null;
  const text = pages.at(-1)?.nextCursor ? `${count}+` : String(count);
  return { text, words: `${text} waiting` };
}

/** Keeps the session true to what the person is a member of, and says where they go on when that has ended. */
function useKnownMemberships() {
  const { session } = useConsole();
  const tell = useToast();
  const query = useMemberships();
  const items = query.data?.items;
  useEffect(() => {
    if (!items) return;
    const before = session.get()?.organization;
    session.know(items);
    const after = session.get()?.organization;
    if (before?.id && after?.id && before.id !== after.id) {
      tell('invalid', `You are no longer a member of ${before.name}. This is ${after.name}.`);
    }
  }, [items, session, tell]);
  return query;
}

export function Shell(): ReactNode {
  const session = useSession();
  const location = useLocation();
  const navigate = useNavigate();
  const memberships = useKnownMemberships();
  const main = useRef<HTMLElement>(null);
  useGoKeys(navigate);
  const path = location.pathname;
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page takes the focus, so that it is read out
  useEffect(() => {
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
  }, [path]);

  if (!session) {
    return <Navigate to={`/sign-in?return=${encodeURIComponent(path + location.search)}`} replace />;
  }
  if (session.organization.id === undefined) return memberships.isPending ? null : <MemberOfNothing />;
  const rail = /^\/(executions|workflows)\/[^/]+/.test(path) && !/^\/workflows\/(new|import)$/.test(path);
  return (
    // another organization, or person: no page, stream or half-filled form of the one before stays
    <div key={scopeOf(session)} className="flex h-dvh flex-col md:flex-row">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-2">
        Skip to content
      </a>
      <SideNav rail={rail} email={session.user.email} />
      <main id="main" ref={main} tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col">
        <Outlet />
      </main>
      <BottomNav />
    </div>
  );
}

function SideNav(props: { readonly rail: boolean; readonly email: string }): ReactNode {
  const { rail } = props;
  const { pathname } = useLocation();
  const waiting = useWaiting();
  const badge = (to: string) => (to === '/approvals' ? waiting : null);
  const item = `relative flex items-center gap-2.5 rounded-md font-medium text-ink-2 hover:bg-hover aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent data-here:bg-accent-soft data-here:text-accent ${rail ? 'size-9 justify-center' : 'h-8 px-2'}`;
  return (
    <nav
      aria-label="Main"
      className={`hidden shrink-0 flex-col gap-0.5 border-r border-line bg-surface py-3 md:flex ${rail ? 'w-(--size-rail) items-center' : 'w-(--size-nav) px-2.5'}`}
    >
      <Link to="/workflows" aria-label="AutomateOS" className={`rounded-md ${rail ? 'mb-2' : 'mb-3 px-1.5'}`}>
        <Logo size={rail ? 26 : 24} word={!rail} />
      </Link>
      <OrganizationSwitcher rail={rail} />
      {places.map((place) => (
        <NavLink
          key={place.to}
          to={place.to}
          data-here={isAlso(place, pathname)}
          className={item}
          aria-label={rail ? [place.label, badge(place.to)?.words].filter(Boolean).join(', ') : undefined}
          title={rail ? place.label : undefined}
        >
          <Icon name={place.icon} />
          {rail ? null : place.label}
          <CountBadge count={badge(place.to)} dot={rail} />
        </NavLink>
      ))}
      <div className={`my-2 h-px bg-line ${rail ? 'w-6' : 'mx-1.5'}`} />
      <NavLink to="/settings" className={item} aria-label={rail ? 'Settings' : undefined} title={rail ? 'Settings' : undefined}>
        <Icon name="gear" />
        {rail ? null : 'Settings'}
      </NavLink>
      <div className={`mt-auto flex flex-col gap-2 ${rail ? 'items-center' : ''}`}>
        <ConnectionState compact={rail} />
        <div className={rail ? '' : '-mx-2.5 -mb-3 flex items-center gap-2 border-t border-line px-4 py-2.5'}>
          {rail ? null : (
            <span className="min-w-0 flex-1 truncate font-medium" title={props.email}>
              {props.email}
            </span>
          )}
          <ThemeButton />
        </div>
      </div>
    </nav>
  );
}

/** On a rail there is room for a dot only; the link's name says the number there. */
function CountBadge(props: { readonly count: ReturnType<typeof useWaiting>; readonly dot?: boolean }): ReactNode {
  const { count } = props;
  if (count === null) return null;
  if (props.dot) return <span className="absolute top-1 right-1 size-2 rounded-full bg-waiting" aria-hidden="true" />;
  return (
    <span className="ml-auto rounded-sm bg-waiting-soft px-1.5 text-xs font-semibold text-waiting">
      {count.text}
      <span className="sr-only"> waiting</span>
    </span>
  );
}

function isAlso({ also }: Place, pathname: string): true | undefined {
  return (also !== undefined && pathname.startsWith(also)) || undefined;
}

function BottomNav(): ReactNode {
  const { pathname } = useLocation();
  const waiting = useWaiting();
  return (
    <nav aria-label="Main" className="flex shrink-0 border-t border-line bg-surface md:hidden">
      {[...places, { to: '/settings', label: 'Settings', icon: 'gear' } satisfies Place].map((place) => (
        <NavLink
          key={place.to}
          to={place.to}
          data-here={isAlso(place, pathname)}
          aria-label={place.to === '/approvals' && waiting ? `Approvals, ${waiting.words}` : undefined}
          className="relative flex min-h-12 flex-1 flex-col items-center justify-center gap-0.5 text-2xs font-medium text-ink-2 aria-[current=page]:text-accent data-here:text-accent"
        >
          <span className="relative">
            <Icon name={place.icon} />
            <span className="absolute -top-1 -right-2">
              <CountBadge count={place.to === '/approvals' ? waiting : null} dot />
            </span>
          </span>
          {place.label}
        </NavLink>
      ))}
    </nav>
  );
}

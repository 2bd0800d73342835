/**
 * Which organization this tab works in. With one membership it is a name; with several a menu after the ARIA pattern: arrows move, Enter
 * chooses, Escape closes. Choosing leaves the page for the list it belongs to, because what it shows is the other organization's.
 */
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { useMemberships } from '../lib/account-queries.ts';
import { useConsole, useSession } from '../lib/console-context.tsx';
import { roleWords } from '../lib/roles.ts';
import type { Membership } from '../lib/session.ts';
import { Icon } from '../ui/icon.tsx';

export function OrganizationSwitcher(props: { readonly rail: boolean }): ReactNode {
  const session = useSession();
  const memberships = useMemberships().data?.items ?? session?.organizations ?? [];
  const name = session?.organization.name ?? 'Your organization';
  const { rail } = props;
  if (memberships.length < 2) {
    if (rail) return null;
    return (
      <div className="mb-2 flex h-9 items-center gap-2 rounded-md border border-line px-2 font-medium">
        <OrganizationMark name={name} />
        <span className="truncate">{name}</span>
      </div>
    );
  }
  return <SwitcherMenu rail={rail} name={name} current={session?.organization.id} memberships={memberships} />;
}

function SwitcherMenu(props: {
  readonly rail: boolean;
  readonly name: string;
  readonly current: string | undefined;
  readonly memberships: readonly Membership[];
}): ReactNode {
  const { rail, name, current, memberships } = props;
  const { session } = useConsole();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [open, setOpen] = useState(false);
  const menuId = useId();
  const frame = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    const item = (selector: string) => frame.current?.querySelector<HTMLElement>(selector);
    (item('[aria-checked="true"]') ?? item('[role^="menuitem"]'))?.focus();
    const onPointer = (event: PointerEvent): void => {
      if (event.target instanceof Node && !frame.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', onPointer);
    return () => document.removeEventListener('pointerdown', onPointer);
  }, [open]);
  const choose = async (id: string): Promise<void> => {
    setOpen(false);
    button.current?.focus();
    if (id === current) return;
    await navigate(listOf(pathname));
    session.choose(id);
  };
  return (
    <div ref={frame} className={`relative mb-2 ${rail ? '' : 'w-full'}`}>
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? menuId : undefined}
        title={rail ? name : undefined}
        className={`flex h-9 items-center gap-2 rounded-md border border-line font-medium hover:bg-hover ${rail ? 'size-9 justify-center' : 'w-full px-2'}`}
        onClick={() => setOpen(!open)}
      >
        <OrganizationMark name={name} />
        <span className="sr-only">Organization: {rail ? name : ''}</span>
        {rail ? null : (
          <>
            <span className="min-w-0 flex-1 truncate text-left">{name}</span>
            <Icon name="down" className="text-ink-3" />
          </>
        )}
      </button>
      {open ? (
        <div
          id={menuId}
          role="menu"
          tabIndex={-1}
          aria-label="Organizations"
          className={`absolute z-40 flex max-h-96 w-64 flex-col overflow-y-auto rounded-lg bg-raised p-1 shadow-pop ${rail ? 'top-0 left-full ml-2' : 'top-full left-0 mt-1'}`}
          onKeyDown={(event) => moveInMenu(event, () => closeTo(button.current, setOpen))}
          onBlur={(event) => {
            if (event.relatedTarget instanceof Node && !frame.current?.contains(event.relatedTarget)) setOpen(false);
          }}
        >
          {memberships.map((one) => (
            <button
              key={one.id}
              type="button"
              role="menuitemradio"
              aria-checked={one.id === current}
              tabIndex={-1}
              className={menuItem}
              onClick={() => void choose(one.id)}
            >
              <OrganizationMark name={one.name} />
              <span className="min-w-0 flex-1 truncate text-left font-medium">{one.name}</span>
              <span className="text-xs text-ink-3">{roleWords[one.role]}</span>
              <span className="w-4">{one.id === current ? <Icon name="check" className="text-accent" /> : null}</span>
            </button>
          ))}
          <div className="mx-1 my-1 h-px shrink-0 bg-line" />
          <button
            type="button"
            role="menuitem"
            tabIndex={-1}
            className={menuItem}
            onClick={() => {
              setOpen(false);
              void navigate('/settings/organization?new=1');
            }}
          >
            <span className="flex w-[18px] justify-center">
              <Icon name="plus" />
            </span>
            New organization
          </button>
        </div>
      ) : null}
    </div>
  );
}

const menuItem = 'flex min-h-9 shrink-0 items-center gap-2 rounded-sm px-2 text-left hover:bg-hover focus:bg-hover';

export function OrganizationMark(props: { readonly name: string }): ReactNode {
  return (
    <span className="tile tile-xs bg-kind-trigger-soft text-[10px] font-semibold text-kind-trigger" aria-hidden="true">
      {props.name.charAt(0).toUpperCase()}
    </span>
  );
}

function closeTo(button: HTMLElement | null, setOpen: (open: boolean) => void): void {
  setOpen(false);
  button?.focus();
}

function moveInMenu(event: KeyboardEvent<HTMLElement>, close: () => void): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
  const at = items.findIndex((item) => item.matches(':focus'));
  const goals: Readonly<Record<string, number>> = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  };
  const goal = goals[event.key];
  if (goal !== undefined) items[goal]?.focus();
  else if (event.key === 'Escape') close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Pages of one thing belong to its organization; lists and settings are there in every one. */
function listOf(pathname: string): string {
  if (/^\/settings\/webhooks-out\//.test(pathname)) return '/settings/webhooks-out';
  return pathname.startsWith('/settings') ? pathname : `/${pathname.split('/')[1] ?? ''}`;
}

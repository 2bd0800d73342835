/**
 * The signed-in session of this browser, and the organization that this tab works in. The session is kept in localStorage so that a new tab
 * is signed in too; another tab's sign-out is seen here. The organization is a tab's own (sessionStorage), so that choosing one in a tab
 * moves no other under the hands of its reader; the last choice is where new tabs and the next sign-in begin.
 */
import { Role } from '@automateos/shared/model/principal';
import { z } from 'zod';

export const Membership = z.looseObject({ id: z.string(), name: z.string(), role: Role });
export type Membership = z.infer<typeof Membership>;
export const MembershipList = z.looseObject({ items: z.array(Membership) });

export const Session = z.looseObject({
  token: z.string().min(1),
  expiresAt: z.string().optional(),
  user: z.looseObject({ id: z.string().optional(), email: z.string().default('') }),
  /** Without an id: a member of nothing. */
  organization: z.looseObject({ id: z.string().optional(), name: z.string().optional() }).default({}),
  organizations: z.array(Membership).default([]),
});
export type Session = z.infer<typeof Session>;

/** Whose data is shown: of which person, and of which organization. */
export function scopeOf(session: Session | null): string {
  return session === null ? '' : `${session.user.id ?? session.user.email} ${session.organization.id ?? ''}`;
}

const sessionKey = 'automateos.session';
const organizationKey = 'automateos.organization';

export type SessionStore = {
  readonly get: () => Session | null;
  readonly set: (session: Session | null) => void;
  /** Where this tab works from now on, and new ones begin. */
  readonly choose: (organizationId: string) => void;
  /** What the person is a member of now. A tab whose organization is not among them goes on in the first one. */
  readonly know: (organizations: readonly Membership[]) => void;
  readonly subscribe: (listener: () => void) => () => void;
};

export type SessionPlaces = { readonly browser: Storage; readonly tab: Storage; readonly events: EventTarget };

export function createSessionStore({ browser, tab, events }: SessionPlaces): SessionStore {
  const listeners = new Set<() => void>();
  let current = read(browser, tab);
  const renew = (): void => {
    current = read(browser, tab);
    for (const listener of listeners) listener();
  };
  const keep = (session: Session | null): void => {
    if (session) browser.setItem(sessionKey, JSON.stringify(session));
    else browser.removeItem(sessionKey);
    renew();
  };
  events.addEventListener('storage', renew);
  return {
    get: () => current,
    set(session) {
      if (session === null) tab.removeItem(organizationKey);
      keep(session);
    },
    choose(organizationId) {
      tab.setItem(organizationKey, organizationId);
      browser.setItem(organizationKey, organizationId);
      renew();
    },
    know(organizations) {
      if (current && JSON.stringify(current.organizations) !== JSON.stringify(organizations)) {
        const [first] = organizations;
        keep({ ...current, organization: first ? { id: first.id, name: first.name } : {}, organizations: [...organizations] });
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function read(browser: Storage, tab: Storage): Session | null {
  const session = stored(browser);
  if (session === null) return null;
  const wanted = [tab.getItem(organizationKey), browser.getItem(organizationKey)];
  const found = wanted.map((id) => session.organizations.find((one) => one.id === id)).find((one) => one !== undefined);
  const organization = found ? { id: found.id, name: found.name } : session.organization;
  // from now on this tab stays there, whatever is chosen in others
  if (organization.id) tab.setItem(organizationKey, organization.id);
  return { ...session, organization };
}

function stored(browser: Storage): Session | null {
  try {
    const session = Session.safeParse(JSON.parse(browser.getItem(sessionKey) ?? 'null'));
    if (!session.success) return null;
    const expired = session.data.expiresAt !== undefined && Date.parse(session.data.expiresAt) < Date.now();
    return expired ? null : session.data;
  } catch {
    return null; // unreadable storage is the same as not being signed in
  }
}

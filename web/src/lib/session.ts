/**
 * The signed-in session of this browser. Kept in localStorage so that a new tab is signed in too; another tab's sign-out is seen here.
 */
import { z } from 'zod';

export const Session = z.looseObject({
  token: z.string().min(1),
  expiresAt: z.string().optional(),
  user: z.looseObject({ id: z.string().optional(), email: z.string().default('') }),
  organization: z.looseObject({ id: z.string().optional(), name: z.string().optional() }).default({}),
});
export type Session = z.infer<typeof Session>;

const key = 'automateos.session';

export type SessionStore = {
  readonly get: () => Session | null;
  readonly set: (session: Session | null) => void;
  readonly subscribe: (listener: () => void) => () => void;
};

export function createSessionStore(storage: Storage, events: EventTarget): SessionStore {
  let current = read(storage);
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  events.addEventListener('storage', () => {
    current = read(storage);
    tell();
  });
  return {
    get: () => current,
    set(session) {
      current = session;
      if (session) storage.setItem(key, JSON.stringify(session));
      else storage.removeItem(key);
      tell();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function read(storage: Storage): Session | null {
  try {
    const session = Session.safeParse(JSON.parse(storage.getItem(key) ?? 'null'));
    if (!session.success) return null;
    const expired = session.data.expiresAt !== undefined && Date.parse(session.data.expiresAt) < Date.now();
    return expired ? null : session.data;
  } catch {
    return null; // unreadable storage is the same as not being signed in
  }
}

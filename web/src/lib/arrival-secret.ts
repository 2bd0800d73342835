/**
 * The secret of a link that somebody was sent (`/join#...`). It stands behind `#`, which no browser sends to a server; here it leaves the
 * address at once, so that it is in no history, bookmark or screenshot, and lives in this tab's memory only: reloading asks for the link
 * again.
 */
const pages: ReadonlySet<string> = new Set(['/join', '/reset-password', '/verify-email']);

export type ArrivalSecret = {
  readonly get: () => string | null;
  /** Used up. */
  readonly forget: () => void;
  readonly subscribe: (listener: () => void) => () => void;
};

export function createArrivalSecret(page: Window): ArrivalSecret {
  const listeners = new Set<() => void>();
  let secret: string | null = null;
  const change = (next: string | null): void => {
    secret = next;
    for (const listener of listeners) listener();
  };
  const take = (): void => {
    const { pathname, search, hash } = page.location;
    if (hash.length < 2 || !pages.has(pathname.replace(/\/$/, ''))) return;
    page.history.replaceState(page.history.state, '', pathname + search);
    change(decoded(hash.slice(1)));
  };
  take();
  // a second link pasted into the same tab does not load the page anew
  page.addEventListener('hashchange', take);
  return {
    get: () => secret,
    forget: () => change(null),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // no link of ours: the server says so
  }
}

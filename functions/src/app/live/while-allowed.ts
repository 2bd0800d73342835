/**
 * A stream for as long as its reader may read: asked again every half minute, busy or not, so that a session that ended, a key that was
 * revoked or has expired, a membership or role that was taken away ends the stream within a minute, by throwing what a new request would meet.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { LiveItem } from '@automateos/shared/model/live-event';
import type { Principal } from '@automateos/shared/model/principal';
import type { Clock } from '@automateos/shared/ports/clock';
import { type Action, requirePermission } from '../auth/permissions.ts';

const askAgainMs = 30_000;

export type Allowed = {
  readonly clock: Clock;
  readonly principal: Principal;
  readonly action: Action;
  readonly signal: AbortSignal;
  /** Who the reader is now; null when nobody any more. */
  readonly renew: () => Promise<Principal | null>;
};

type Next = IteratorResult<LiveItem, void>;

/**
 * Throws FORBIDDEN at once. `return` ends the source although it is waiting, which a generator's own would not.
 */
export function whileAllowed(
  { clock, principal, action, signal, renew }: Allowed,
  open: (signal: AbortSignal) => AsyncGenerator<LiveItem, void>,
): AsyncGenerator<LiveItem, void> {
  requirePermission(principal, action);
  const abort = new AbortController();
  const onAbort = (): void => abort.abort();
  if (signal.aborted) abort.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  const source = open(abort.signal);
  let pending: Promise<Next> | null = null;
  let askedAt = clock.now();
  let over = false;

  const end = (): void => {
    over = true;
    signal.removeEventListener('abort', onAbort);
    abort.abort();
  };

  async function ask(): Promise<void> {
    askedAt = clock.now();
    const now = await renew();
    if (now === null)
      throw new AppError('UNAUTHENTICATED', { reason: 'the session has ended, or the key is not valid any more.' });
    if (now.org !== principal.org) throw new AppError('NOT_FOUND', { what: 'organization', id: principal.org });
    requirePermission(now, action);
  }

  async function next(): Promise<Next> {
    try {
      for (;;) {
        if (over) return { done: true, value: undefined };
        const left = askedAt + askAgainMs - clock.now();
        if (left <= 0) {
          await ask();
          continue;
        }
        pending ??= source.next();
        const found = await within(clock, left, pending);
        if (found === null) continue;
        pending = null;
        if (found.done === true) end();
        return found;
      }
    } catch (error) {
      end();
      throw error;
    }
  }

  const stop = async (): Promise<Next> => {
    end();
    await source.return();
    return { done: true, value: undefined };
  };
  return {
    next,
    return: stop,
    throw: async (error) => {
      await stop();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

/** null when it takes longer. */
async function within<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T | null> {
  let stop: () => void = () => {};
  const late = new Promise<null>((resolve) => {
    stop = clock.after(ms, () => resolve(null));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop();
  }
}

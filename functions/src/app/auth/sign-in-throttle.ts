/**
 * Slows down guessing: per account and address, and per address over all accounts. An attempt is counted before the password is
 * checked and forgiven when it was right, so that parallel guesses count too. Kept in the store: it holds over restarts and processes.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import { z } from 'zod';
import type { App } from '../app-context.ts';
import { digest } from '../digest.ts';
import { clientNetwork } from './client-network.ts';
import { normalizeEmail } from './email.ts';

const windowMs = 15 * 60_000;
const limits = { account: 10, address: 100 } as const;

export const Attempts = z.object({ count: z.int(), expiresAt: z.string() });
type Attempts = z.infer<typeof Attempts>;

export type Attempt = { readonly email: string; readonly clientAddress: string };

/** Throws RATE_LIMITED with the seconds to wait. */
export async function reserveAttempt(app: App, attempt: Attempt): Promise<void> {
  await countOne(app, accountPath(attempt), limits.account);
  await countOne(app, addressPath(attempt), limits.address);
}

/** The account's count starts anew; the address gets back this attempt only, so that an own account does not pay for guesses at others. */
export async function forgiveAttempts(app: App, attempt: Attempt): Promise<void> {
  await app.store.commit([{ kind: 'delete', path: accountPath(attempt) }]);
  await count(app, addressPath(attempt), (stored) =>
    stored === null ? null : { ...stored, count: Math.max(0, stored.count - 1) },
  );
}

function accountPath(attempt: Attempt): string {
  // as the account is found: by another spelling of the same address nobody gets further guesses
  return paths.signInAttempts(digest('account', normalizeEmail(attempt.email), clientNetwork(attempt.clientAddress)));
}

function addressPath(attempt: Attempt): string {
  return paths.signInAttempts(digest('address', clientNetwork(attempt.clientAddress)));
}

async function countOne(app: App, path: string, limit: number): Promise<void> {
  await count(app, path, (stored, now) => {
    const open = stored !== null && fromInstant(stored.expiresAt) > now ? stored : null;
    if (open !== null && open.count >= limit) {
      throw new AppError('RATE_LIMITED', { retryAfterSeconds: Math.ceil((fromInstant(open.expiresAt) - now) / 1000) });
    }
    return { count: (open?.count ?? 0) + 1, expiresAt: open?.expiresAt ?? toInstant(now + windowMs) };
  });
}

/** Read and write under the version, until nobody came between; null from `change` leaves everything as it is. */
async function count(app: App, path: string, change: (stored: Attempts | null, now: number) => Attempts | null): Promise<void> {
  for (;;) {
    const snapshot = await app.store.get(path);
    // what an older release counted in another form counts as nothing, and is replaced
    const stored = Attempts.safeParse(snapshot?.data).data ?? null;
    const data = change(stored, app.clock.now());
    if (data === null) return;
    const result = await app.store.commit([
      snapshot === null ? { kind: 'create', path, data } : { kind: 'update', path, data, version: snapshot.version },
    ]);
    if (result.ok) return;
  }
}

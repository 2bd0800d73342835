/** A new password for an account, by whoever holds the data folder: the last way in for an owner who has lost theirs. All its sessions end. */
import type { Identity } from '@automateos/shared/ports/identity';
import type { App } from '../app-context.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { endingSessions } from './change-password.ts';

export type PasswordToSet = { readonly email: string; readonly password: string };

/** false where there is no such account. */
export async function setPassword(
  app: Pick<App, 'store' | 'clock' | 'ids'>,
  identity: Identity,
  { email, password }: PasswordToSet,
): Promise<boolean> {
  const account = await identity.findAccount(email);
  if (account === null) return false;
  const who = { userId: account.userId, from: { address: 'this machine', requestId: 'reset-password' } };
  return decideAgain(async () => {
    const alongside = await endingSessions(app, who, 'password.reset');
    const outcome = await identity.changePassword({ email, current: null, next: password, alongside });
    if (outcome === 'outrun') throw new Outrun('account');
    return outcome === 'changed';
  });
}

import type { User } from '@automateos/shared/model/account';

/** A person who is signed in, whatever they are a member of. */
export type Account = {
  readonly user: User;
  /** null where sessions are not kept by us. */
  readonly sessionId: string | null;
  readonly expiresAt: string;
  readonly from: { readonly address: string; readonly requestId: string };
};

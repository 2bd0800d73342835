/**
 * Accounts and their session tokens: local accounts embedded, Firebase Auth in the cloud. It knows who somebody is; what they may do in
 * which organization is app/auth's business.
 */
import type { Write } from './document-store.ts';

export type IdentityAccount = { readonly userId: string; readonly email: string };

export type IdentitySession = IdentityAccount & { readonly token: string; readonly expiresAt: string };

export type VerifiedToken =
  | {
      readonly ok: true;
      readonly userId: string;
      readonly issuedAt: string;
      readonly expiresAt: string;
      /** Of `users/{userId}/sessions/{sessionId}`, without which the token is void; null where another service keeps sessions. */
      readonly sessionId: string | null;
    }
  /** `reason` is for the log and the developer; it says nothing about accounts. */
  | { readonly ok: false; readonly reason: string };

/** Where somebody signs in from, kept with the session. */
export type SignInClient = { readonly address: string; readonly agent: string };

/** `current` null: a link has proved who it is. */
export type PasswordChange = {
  readonly email: string;
  readonly current: string | null;
  readonly next: string;
  /** Committed with the new password, or not at all. */
  readonly alongside: readonly Write[];
};

export interface Identity {
  /** null when the address is taken. Addresses are compared without case. */
  createAccount(email: string, password: string): Promise<IdentityAccount | null>;
  /** null when address or password is wrong; both cases take the same time. */
  signIn(email: string, password: string, client?: SignInClient): Promise<IdentitySession | null>;
  /** Signature, algorithm, issuer, audience and times. Never throws for bad input. */
  verify(token: string): Promise<VerifiedToken>;
  /** null when there is none. Throws NOT_SUPPORTED_HERE where another service keeps passwords. */
  findAccount(email: string): Promise<IdentityAccount | null>;
  /**
   * `wrong`: there is no such account, or `current` is not its password. `outrun`: account or a write of `alongside` was changed by somebody
   * else meanwhile; nothing was written. Throws NOT_SUPPORTED_HERE where another service keeps passwords.
   */
  changePassword(change: PasswordChange): Promise<'changed' | 'wrong' | 'outrun'>;
}

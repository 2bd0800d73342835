/**
 * Accounts and their session tokens: local accounts embedded, Firebase Auth in the cloud. It knows who somebody is; what they may do in
 * which organization is app/auth's business.
 */
export type IdentityAccount = { readonly userId: string; readonly email: string };

export type IdentitySession = IdentityAccount & { readonly token: string; readonly expiresAt: string };

export type VerifiedToken =
  | { readonly ok: true; readonly userId: string; readonly issuedAt: string; readonly expiresAt: string }
  /** `reason` is for the log and the developer; it says nothing about accounts. */
  | { readonly ok: false; readonly reason: string };

export interface Identity {
  /** null when the address is taken. Addresses are compared without case. */
  createAccount(email: string, password: string): Promise<IdentityAccount | null>;
  /** null when address or password is wrong; both cases take the same time. */
  signIn(email: string, password: string): Promise<IdentitySession | null>;
  /** Signature, algorithm, issuer, audience and times. Never throws for bad input. */
  verify(token: string): Promise<VerifiedToken>;
}

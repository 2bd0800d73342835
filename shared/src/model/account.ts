/** People, organizations and their keys, as stored. Passwords are the identity adapter's; nothing here opens anything. */
import { z } from 'zod';
import { Role } from './principal.ts';

export const User = z.object({
  id: z.string(),
  email: z.string(),
  /** The organization that the account was made with; it may have left it. Older accounts are mirrored nowhere else. */
  org: z.string(),
  createdAt: z.string(),
  /** Session tokens issued before are void. */
  sessionsValidFrom: z.string(),
  /** Absent until a link that was sent there came back. */
  emailVerifiedAt: z.string().optional(),
});
export type User = z.infer<typeof User>;

export const Organization = z.object({ id: z.string(), name: z.string(), createdAt: z.string() });
export type Organization = z.infer<typeof Organization>;

/** Found from the user: a mirror of `Member`, written and deleted in its commits. It says where somebody is a member, not as what. */
export const Membership = z.object({ org: z.string(), since: z.string() });
export type Membership = z.infer<typeof Membership>;

export const Member = z.object({ userId: z.string(), email: z.string(), role: Role, since: z.string() });
export type Member = z.infer<typeof Member>;

/** The token itself is not stored. */
export const Invitation = z.object({
  id: z.string(),
  org: z.string(),
  email: z.string(),
  role: Role,
  digest: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  expiresAt: z.string(),
});
export type Invitation = z.infer<typeof Invitation>;

/** Named in a session's token. Without it, or when it has ended, the token is void. */
export const SignInSession = z.object({
  id: z.string(),
  userId: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  address: z.string(),
  /** Of the browser or program, cut short. */
  agent: z.string(),
});
export type SignInSession = z.infer<typeof SignInSession>;

/** A link that was sent to somebody, stored by the digest of its secret and deleted with its use. */
export const AccountLink = z.object({
  kind: z.enum(['password-reset', 'email-verification']),
  userId: z.string(),
  email: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
});
export type AccountLink = z.infer<typeof AccountLink>;

/** The key itself is not stored: `digest` is its SHA-256. */
export const ApiKey = z.object({
  id: z.string(),
  org: z.string(),
  name: z.string(),
  role: Role,
  digest: z.string(),
  /** First characters, so that a person recognizes it. */
  hint: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  expiresAt: z.string().nullable(),
  /** Actions; absent = all that its role may. */
  scopes: z.array(z.string()).optional(),
  /** `service`: belongs to the organization and stays when its maker leaves. Absent = personal. */
  kind: z.enum(['personal', 'service']).optional(),
});
export type ApiKey = z.infer<typeof ApiKey>;

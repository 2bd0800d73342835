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
});
export type User = z.infer<typeof User>;

export const Organization = z.object({ id: z.string(), name: z.string(), createdAt: z.string() });
export type Organization = z.infer<typeof Organization>;

/** Found from the user: a mirror of `Member`, written and deleted in its commits. It says where somebody is a member, not as what. */
export const Membership = z.object({ org: z.string(), since: z.string() });
export type Membership = z.infer<typeof Membership>;

export const Member = z.object({ userId: z.string(), email: z.string(), role: Role, since: z.string() });
export type Member = z.infer<typeof Member>;

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

/** People, organizations and their keys, as stored. Passwords are the identity adapter's; nothing here opens anything. */
import { z } from 'zod';
import { Role } from './principal.ts';

export const User = z.object({
  id: z.string(),
  email: z.string(),
  /** The organization that a session works in. */
  org: z.string(),
  createdAt: z.string(),
  /** Session tokens issued before are void. */
  sessionsValidFrom: z.string(),
});
export type User = z.infer<typeof User>;

export const Organization = z.object({ id: z.string(), name: z.string(), createdAt: z.string() });
export type Organization = z.infer<typeof Organization>;

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
});
export type ApiKey = z.infer<typeof ApiKey>;

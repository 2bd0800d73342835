import { z } from 'zod';

export const Role = z.enum(['owner', 'admin', 'editor', 'operator', 'viewer']);
export type Role = z.infer<typeof Role>;

/** Who asks, for which organization. Every use case takes one; there is no default. */
export const Principal = z.object({
  org: z.string(),
  /** A person's id; of a service account the id of its key. */
  userId: z.string(),
  role: Role,
  via: z.enum(['session', 'api-key', 'system']),
  /** The only actions that an API key is for, whatever its role may do; absent = all. */
  scopes: z.array(z.string()).readonly().optional(),
  /** The API key that it came by. */
  keyId: z.string().optional(),
  /** Where the request came from, for the audit log; absent for the machine's own work. */
  from: z.object({ address: z.string(), requestId: z.string() }).optional(),
});
export type Principal = z.infer<typeof Principal>;

import { z } from 'zod';

export const Role = z.enum(['owner', 'admin', 'editor', 'operator', 'viewer']);
export type Role = z.infer<typeof Role>;

/** Who asks, for which organization. Every use case takes one; there is no default. */
export const Principal = z.object({
  org: z.string(),
  userId: z.string(),
  role: Role,
  via: z.enum(['session', 'api-key', 'system']),
});
export type Principal = z.infer<typeof Principal>;

/** Shapes that several routes of people and organizations share. */
import { Role } from '@automateos/shared/model/principal';
import { z } from 'zod';

export const emailText = z
  .string()
  .max(254)
  .regex(/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u, 'must be an email address');
export const passwordText = z.string().min(1).max(1_024);
export const newPasswordText = z.string().min(8, 'must have at least 8 characters').max(1_024);
export const secretText = z.string().min(1).max(300);

export const OrganizationView = z
  .object({ id: z.string(), name: z.string(), createdAt: z.string(), role: Role.describe('Yours in it') })
  .meta({ id: 'Organization' });

export const SessionView = z
  .object({
    token: z.string(),
    expiresAt: z.string(),
    user: z.object({ id: z.string(), email: z.string(), role: Role.optional() }),
    organization: OrganizationView.pick({ id: true, name: true })
      .optional()
      .describe('The first of those below; absent for a member of none'),
    organizations: z
      .array(OrganizationView.omit({ createdAt: true }))
      .describe('Name one in X-Organization-Id where there are several'),
  })
  .meta({ id: 'Session' });

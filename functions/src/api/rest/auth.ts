/** Signing in and who is signed in. */

import { AppError } from '@automateos/shared/model/app-error';
import { Role } from '@automateos/shared/model/principal';
import { z } from 'zod';
import { readBelonging } from '../../app/auth/choose-organization.ts';
import { profileOf, readUser } from '../../app/auth/create-session.ts';
import { login } from '../../app/auth/login.ts';
import { register } from '../../app/auth/register.ts';
import { publicRoute, type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Accounts';

const Profile = z.object({
  user: z.object({ id: z.string(), email: z.string(), role: Role }),
  organization: z.object({ id: z.string(), name: z.string() }),
});
const SessionView = z
  .object({
    token: z.string(),
    expiresAt: z.string(),
    ...Profile.shape,
    organizations: z.array(z.object({ id: z.string(), name: z.string(), role: Role })),
  })
  .meta({ id: 'Session' });

const email = z
  .string()
  .max(254)
  .regex(/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u, 'must be an email address');
const password = z.string().min(8, 'must have at least 8 characters').max(1_024);

export function authRoutes({ app, identity }: RestContext): readonly Route[] {
  return [
    publicRoute({
      ...{ method: 'post', path: '/v1/auth/register', tag, summary: 'Make the owner account of a new installation' },
      body: z.strictObject({ email, password }),
      answers: { 201: { description: 'Signed in', schema: SessionView } },
      problems: ['REGISTRATION_CLOSED', 'RATE_LIMITED'],
      handle: async ({ body, request }) => {
        return { status: 201, body: await register(app, identity, { ...body, clientAddress: request.clientAddress }) };
      },
    }),
    publicRoute({
      ...{ method: 'post', path: '/v1/auth/login', tag, summary: 'Sign in' },
      // wrong is wrong, however it looks: no hint at the rules of passwords here
      body: z.strictObject({ email: z.string().min(1).max(254), password: z.string().min(1).max(1_024) }),
      answers: { 200: { description: 'Signed in', schema: SessionView } },
      problems: ['UNAUTHENTICATED', 'RATE_LIMITED'],
      handle: async ({ body, request }) => {
        return { status: 200, body: await login(app, identity, { ...body, clientAddress: request.clientAddress }) };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/auth/me', tag, access: 'signed-in', summary: 'Who is signed in' },
      answers: { 200: { description: 'The account and its organization', schema: Profile } },
      handle: async ({ principal }) => {
        const user = await readUser(app, principal.userId);
        const belonging = await readBelonging(app, principal.org, principal.userId);
        if (user === null || belonging === null) throw new AppError('NOT_FOUND', { what: 'account', id: principal.userId });
        const profile = profileOf(user, belonging);
        // an API key may have less than its maker
        return { status: 200, body: { ...profile, user: { ...profile.user, role: principal.role } } };
      },
    }),
  ];
}

/** Signing in and out, who is signed in and where. */

import { AppError } from '@automateos/shared/model/app-error';
import { Role } from '@automateos/shared/model/principal';
import { z } from 'zod';
import { AuditEntry } from '../../app/audit/audit-entry.ts';
import { listAccountLog } from '../../app/audit/list-audit-log.ts';
import { readBelonging } from '../../app/auth/choose-organization.ts';
import { profileOf, readUser } from '../../app/auth/create-session.ts';
import { login } from '../../app/auth/login.ts';
import { permittedActions } from '../../app/auth/permitted-actions.ts';
import { register } from '../../app/auth/register.ts';
import { endAllSessions, endSession, type ListedSession, listSessions, logout } from '../../app/auth/sessions.ts';
import { answerPage } from '../http/cursor.ts';
import { idParams, pageOf, pageParams } from '../http/query-params.ts';
import { accountRoute, publicRoute, type Route, route } from '../http/route.ts';
import { emailText, newPasswordText, OrganizationView, passwordText, SessionView } from './account-shapes.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Accounts';

const Profile = z.object({
  user: z.object({ id: z.string(), email: z.string(), role: Role }),
  organization: OrganizationView.pick({ id: true, name: true }),
  actions: z.array(z.string()).describe('All that they may do here (docs/permissions.md)'),
});

const SignedInView = z
  .object({
    id: z.string(),
    createdAt: z.string(),
    expiresAt: z.string(),
    address: z.string(),
    agent: z.string().describe('As the browser or program called itself'),
    isCurrent: z.boolean().describe('The one that asks'),
  })
  .meta({ id: 'SignedInSession' });

function present({ id, createdAt, expiresAt, address, agent, isCurrent }: ListedSession): z.infer<typeof SignedInView> {
  return { id, createdAt, expiresAt, address, agent, isCurrent };
}

export function authRoutes(context: RestContext): readonly Route[] {
  return [...signInRoutes(context), ...sessionRoutes(context)];
}

function signInRoutes({ app, identity }: RestContext): readonly Route[] {
  return [
    publicRoute({
      ...{ method: 'post', path: '/v1/auth/register', tag, summary: 'Make an account' },
      description:
        'The first one owns the installation. After that with an invitation, or as AUTOMATEOS_REGISTRATION says; without an invitation ' +
        'the account gets an organization of its own.',
      body: z.strictObject({
        ...{ email: emailText, password: newPasswordText },
        invitation: z.string().max(300).optional().describe('Token of an invitation for this address'),
      }),
      answers: { 201: { description: 'Signed in', schema: SessionView } },
      problems: ['REGISTRATION_CLOSED', 'RATE_LIMITED', 'CONFLICT', 'LINK_INVALID'],
      handle: async ({ body, request: { clientAddress, requestId, header } }) => {
        const agent = header('user-agent') ?? undefined;
        return { status: 201, body: await register(app, identity, { ...body, clientAddress, requestId, agent }) };
      },
    }),
    publicRoute({
      ...{ method: 'post', path: '/v1/auth/login', tag, summary: 'Sign in' },
      // wrong is wrong, however it looks: no hint at the rules of passwords here
      body: z.strictObject({ email: z.string().min(1).max(254), password: passwordText }),
      answers: { 200: { description: 'Signed in', schema: SessionView } },
      problems: ['UNAUTHENTICATED', 'RATE_LIMITED'],
      handle: async ({ body, request: { clientAddress, header } }) => {
        const agent = header('user-agent') ?? undefined;
        return { status: 200, body: await login(app, identity, { ...body, clientAddress, agent }) };
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
        const actions = await permittedActions(app, principal);
        const body = { ...profile, user: { ...profile.user, role: principal.role }, actions };
        return { status: 200, body };
      },
    }),
  ];
}

function sessionRoutes({ app, cursors }: RestContext): readonly Route[] {
  return [
    accountRoute({
      ...{ method: 'post', path: '/v1/auth/logout', tag, summary: 'End this session' },
      answers: { 204: { description: 'The token is void' } },
      problems: ['NOT_SUPPORTED_HERE'],
      handle: async ({ account }) => {
        await logout(app, account);
        return { status: 204 };
      },
    }),
    accountRoute({
      ...{ method: 'get', path: '/v1/auth/sessions', tag, summary: 'Where the account is signed in' },
      query: z.strictObject(pageParams),
      answers: { 200: { description: 'A page', schema: pageOf(SignedInView) } },
      problems: ['NOT_SUPPORTED_HERE'],
      handle: async ({ account, query }) => {
        const bind = [account.user.id, 'sessions'];
        return {
          status: 200,
          body: await answerPage(cursors, query, bind, (page) => listSessions(app, account, page), present),
        };
      },
    }),
    accountRoute({
      ...{ method: 'delete', path: '/v1/auth/sessions/{id}', tag, summary: 'End one session' },
      params: idParams,
      answers: { 204: { description: 'Its token is void' } },
      problems: ['NOT_SUPPORTED_HERE'],
      handle: async ({ account, params }) => {
        await endSession(app, account, params.id);
        return { status: 204 };
      },
    }),
    accountRoute({
      ...{ method: 'delete', path: '/v1/auth/sessions', tag, summary: 'End all sessions, this one included' },
      answers: { 204: { description: 'All tokens of the account are void' } },
      handle: async ({ account }) => {
        await endAllSessions(app, account);
        return { status: 204 };
      },
    }),
    accountRoute({
      ...{ method: 'get', path: '/v1/auth/activity', tag, summary: 'What was changed of the account, newest first' },
      query: z.strictObject(pageParams),
      answers: { 200: { description: 'A page', schema: pageOf(AuditEntry.meta({ id: 'AuditEntry' })) } },
      handle: async ({ account, query }) => {
        const read = (page: Parameters<typeof listAccountLog>[2]) => listAccountLog(app, account, page);
        return { status: 200, body: await answerPage(cursors, query, [account.user.id, 'activity'], read, (item) => item) };
      },
    }),
  ];
}

/** Passwords: changed, lost and found; and whether an address is its account's. */
import { z } from 'zod';
import { changePassword } from '../../app/auth/change-password.ts';
import { createResetLink, requestPasswordReset, resetPassword } from '../../app/auth/reset-password.ts';
import { requestEmailVerification, verifyEmail } from '../../app/auth/verify-email.ts';
import { accountRoute, publicRoute, type Route, route } from '../http/route.ts';
import { emailText, newPasswordText, passwordText, SessionView, secretText } from './account-shapes.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Accounts';

const ResetLinkView = z
  .object({
    url: z.string().describe('To hand over; it works once'),
    token: z.string().describe('The secret in it'),
    expiresAt: z.string(),
  })
  .meta({ id: 'ResetLink' });

export function passwordRoutes(context: RestContext): readonly Route[] {
  return [...changes(context), ...verifications(context)];
}

function changes({ app, identity }: RestContext): readonly Route[] {
  return [
    accountRoute({
      ...{ method: 'post', path: '/v1/auth/password', tag, summary: 'Change the password' },
      description: 'All sessions end; the answer is a new one.',
      body: z.strictObject({ current: passwordText, next: newPasswordText }),
      secretAnswer: true,
      answers: { 200: { description: 'Signed in anew', schema: SessionView } },
      problems: ['RATE_LIMITED', 'NOT_SUPPORTED_HERE'],
      handle: async ({ account, body, request }) => {
        const agent = request.header('user-agent') ?? undefined;
        return { status: 200, body: await changePassword(app, identity, account, { ...body, agent }) };
      },
    }),
    publicRoute({
      ...{ method: 'post', path: '/v1/auth/password-reset', tag, summary: 'Ask for a link for a new password' },
      body: z.strictObject({ email: emailText }),
      answers: { 202: { description: 'If there is such an account, a link goes to its address' } },
      problems: ['RATE_LIMITED', 'NOT_SUPPORTED_HERE'],
      handle: async ({ body, request: { clientAddress } }) => {
        await requestPasswordReset(app, identity, { ...body, clientAddress });
        return { status: 202 };
      },
    }),
    publicRoute({
      ...{ method: 'post', path: '/v1/auth/password-reset/confirm', tag, summary: 'Set a new password by a link' },
      body: z.strictObject({ token: secretText, password: newPasswordText }),
      answers: { 204: { description: 'The password is changed and all sessions have ended' } },
      problems: ['LINK_INVALID', 'RATE_LIMITED', 'NOT_SUPPORTED_HERE'],
      handle: async ({ body, request: { clientAddress, requestId } }) => {
        await resetPassword(app, identity, { ...body, clientAddress, requestId });
        return { status: 204 };
      },
    }),
    route({
      ...{ method: 'post', path: '/v1/admin/password-reset-links', tag, access: 'installation.own' },
      summary: 'Make a link for a new password, to hand over',
      body: z.strictObject({ email: emailText }),
      secretAnswer: true,
      answers: { 201: { description: 'The link, shown this once', schema: ResetLinkView } },
      problems: ['NOT_SUPPORTED_HERE'],
      handle: async ({ principal, body }) => {
        return { status: 201, body: await createResetLink(app, identity, principal, body.email) };
      },
    }),
  ];
}

function verifications({ app }: RestContext): readonly Route[] {
  return [
    accountRoute({
      ...{ method: 'post', path: '/v1/auth/email-verification', tag, summary: 'Send a link that verifies the address' },
      answers: { 202: { description: 'It is on its way' } },
      problems: ['RATE_LIMITED', 'NOT_SUPPORTED_HERE'],
      handle: async ({ account }) => {
        await requestEmailVerification(app, account);
        return { status: 202 };
      },
    }),
    publicRoute({
      ...{ method: 'post', path: '/v1/auth/email-verification/confirm', tag, summary: 'The link came back' },
      body: z.strictObject({ token: secretText }),
      answers: { 204: { description: 'The address is verified' } },
      problems: ['LINK_INVALID', 'RATE_LIMITED'],
      handle: async ({ body, request: { clientAddress, requestId } }) => {
        await verifyEmail(app, { ...body, clientAddress, requestId });
        return { status: 204 };
      },
    }),
  ];
}

/** A person's own: sessions, password, what was changed, what they are a member of. No key can ask for it. */
import { z } from 'zod';
import { listAccountLog } from '../../../app/audit/list-audit-log.ts';
import { changePassword } from '../../../app/auth/change-password.ts';
import type { Belonging } from '../../../app/auth/choose-organization.ts';
import { belongingsOf } from '../../../app/auth/create-session.ts';
import { endAllSessions, endSession, listSessions } from '../../../app/auth/sessions.ts';
import { acceptInvitation } from '../../../app/organizations/accept-invitation.ts';
import { leaveOrganization } from '../../../app/organizations/change-member.ts';
import { createOrganization } from '../../../app/organizations/create-organization.ts';
import { plainText } from '../../http/plain-text.ts';
import { newPasswordText, passwordText, secretText } from '../../rest/account-shapes.ts';
import { connect } from '../connection.ts';
import type { MutationResolvers, QueryResolvers } from '../generated/resolver-types.ts';
import { parseInput } from '../inputs.ts';
import { orRefused } from '../refusal.ts';

const Passwords = z.object({ current: passwordText, next: newPasswordText });
const Name = z.object({ name: plainText(100) });
const Token = z.object({ token: secretText });

const membershipOf = ({ organization: { id, name }, member: { role } }: Belonging) => ({ id, name, role });

export const accountQueries: QueryResolvers = {
  sessions: async (_, page, context) => {
    const account = await context.account();
    return connect(context, page, {
      bind: ['sessions', account.user.id],
      read: (request) => listSessions(context.app, account, request),
      present: (session) => session,
    });
  },
  accountActivity: async (_, page, context) => {
    const account = await context.account();
    return connect(context, page, {
      bind: ['account-activity', account.user.id],
      read: (request) => listAccountLog(context.app, account, request),
      present: (entry) => entry,
    });
  },
  memberships: async (_, __, { app, account }) => (await belongingsOf(app, (await account()).user)).map(membershipOf),
};

export const accountMutations: MutationResolvers = {
  endSession: (_, { id }, { app, account }) =>
    orRefused(async () => {
      await endSession(app, await account(), id);
      return { id };
    }),
  endSessions: (_, __, { app, account }) =>
    orRefused(async () => {
      const person = await account();
      await endAllSessions(app, person);
      return { id: person.user.id };
    }),
  changePassword: (_, input, { app, account, identity, agent }) =>
    orRefused(async () => {
      const person = await account();
      const session = await changePassword(app, identity, person, { ...parseInput(Passwords, input), agent });
      const { token, expiresAt, organizations: memberships } = session;
      return { token, expiresAt, memberships };
    }),
  createOrganization: (_, input, { app, account }) =>
    orRefused(async () => membershipOf(await createOrganization(app, await account(), parseInput(Name, input).name))),
  leaveOrganization: (_, { id }, { app, account }) =>
    orRefused(async () => {
      await leaveOrganization(app, await account(), id);
      return { id };
    }),
  acceptInvitation: (_, input, { app, account }) =>
    orRefused(async () => membershipOf(await acceptInvitation(app, await account(), parseInput(Token, input).token))),
};

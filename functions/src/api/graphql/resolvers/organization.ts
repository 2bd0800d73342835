/** The organization that a request works in: its members, its invitations, what it may use. */
import type { Member, Organization } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { z } from 'zod';
import { changeRole, removeMember } from '../../../app/organizations/change-member.ts';
import { deleteOrganization } from '../../../app/organizations/delete-organization.ts';
import { listInvitations, revokeInvitation } from '../../../app/organizations/invitations.ts';
import { inviteMember } from '../../../app/organizations/invite-member.ts';
import { listMembers } from '../../../app/organizations/list-members.ts';
import { getMember } from '../../../app/organizations/read-member.ts';
import { renameOrganization } from '../../../app/organizations/rename-organization.ts';
import { showOrganization } from '../../../app/organizations/show-organization.ts';
import { overrideQuotas, type QuotaView, showQuotas, showQuotasOf } from '../../../app/quotas/quotas.ts';
import { plainText } from '../../http/plain-text.ts';
import { emailText } from '../../rest/account-shapes.ts';
import { QuotaChoice } from '../../rest/quotas.ts';
import { connect } from '../connection.ts';
import type { MutationResolvers, OrganizationResolvers, QueryResolvers } from '../generated/resolver-types.ts';
import { parseInput } from '../inputs.ts';
import { orNull, orRefused } from '../refusal.ts';

const Name = z.object({ name: plainText(100) });
const Email = z.object({ email: emailText });

const presentMember = ({ userId, email, role, since }: Member) => ({ userId, email, role, since });

const quotasIn = (view: QuotaView) => Object.entries(view).map(([name, { limit, used }]) => ({ name, limit, used }));

export const organizationQueries: QueryResolvers = {
  organization: (_, __, { app, principal }) => showOrganization(app, principal),
  organizationQuotas: (_, { organizationId }, { app, principal }) =>
    orNull(async () => ({ organizationId, quotas: quotasIn(await showQuotasOf(app, principal, organizationId)) })),
  member: (_, { userId }, { app, principal }) => orNull(async () => presentMember(await getMember(app, principal, userId))),
  members: (_, page, context) =>
    connect(context, page, {
      bind: ['members'],
      read: (request) => listMembers(context.app, context.principal, request),
      present: presentMember,
    }),
  invitations: (_, page, context) =>
    connect(context, page, {
      bind: ['invitations'],
      read: (request) => listInvitations(context.app, context.principal, request),
      present: (invitation) => invitation,
    }),
};

export const organizationMutations: MutationResolvers = {
  renameOrganization: (_, { name }, { app, principal }) =>
    orRefused(async (): Promise<Organization> => renameOrganization(app, principal, parseInput(Name, { name }).name)),
  deleteOrganization: (_, { id }, { app, principal }) =>
    orRefused(async () => {
      // any other is not there
      if (id !== principal.org) throw new AppError('NOT_FOUND', { what: 'organization', id: id.slice(0, 64) });
      await deleteOrganization(app, principal);
      return { id };
    }),
  changeQuotas: (_, { organizationId, limits: wanted }, { app, principal }) =>
    orRefused(async () => {
      const limits = parseInput(QuotaChoice, wanted);
      return { organizationId, quotas: quotasIn(await overrideQuotas(app, principal, { org: organizationId, limits })) };
    }),
  changeMemberRole: (_, { userId, role }, { app, principal }) => orRefused(() => changeRole(app, principal, { userId, role })),
  removeMember: (_, { userId }, { app, principal }) =>
    orRefused(async () => {
      await removeMember(app, principal, { userId });
      return { id: userId };
    }),
  inviteMember: (_, { email, role }, { app, principal }) =>
    orRefused(async () => {
      const { invitation, link } = await inviteMember(app, principal, { ...parseInput(Email, { email }), role });
      return { invitation, token: link?.token ?? null, link: link?.url ?? null };
    }),
  revokeInvitation: (_, { id }, { app, principal }) =>
    orRefused(async () => {
      await revokeInvitation(app, principal, id);
      return { id };
    }),
};

export const organizationFields: OrganizationResolvers = {
  role: (_, __, { principal }) => principal.role,
  quotas: async (_, __, { app, principal }) => quotasIn(await showQuotas(app, principal)),
};

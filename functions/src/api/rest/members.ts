/** Who is in the organization, as what, and who is asked to come in. */
import type { Invitation, Member } from '@automateos/shared/model/account';
import { Role } from '@automateos/shared/model/principal';
import { z } from 'zod';
import { acceptInvitation } from '../../app/organizations/accept-invitation.ts';
import { changeRole, removeMember } from '../../app/organizations/change-member.ts';
import { listInvitations, revokeInvitation } from '../../app/organizations/invitations.ts';
import { inviteMember } from '../../app/organizations/invite-member.ts';
import { listMembers } from '../../app/organizations/list-members.ts';
import { previewInvitation } from '../../app/organizations/preview-invitation.ts';
import { getMember } from '../../app/organizations/read-member.ts';
import { answerPage } from '../http/cursor.ts';
import { conditional, contentEtag, ifMatchContent, unchanged, unchangedAnswer } from '../http/etag.ts';
import { idParams, pageOf, pageParams } from '../http/query-params.ts';
import { type Answer, accountRoute, publicRoute, type Route, route } from '../http/route.ts';
import { emailText, OrganizationView, secretText } from './account-shapes.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Members';

const MemberView = z.object({ userId: z.string(), email: z.string(), role: Role, since: z.string() }).meta({ id: 'Member' });
const InvitationView = z
  .object({
    ...{ id: z.string(), email: z.string(), role: Role },
    ...{ createdAt: z.string(), createdBy: z.string(), expiresAt: z.string() },
  })
  .meta({ id: 'Invitation' });
const NewInvitationView = InvitationView.extend({
  token: z.string().nullable().describe('Shown this once; null where it was sent by mail'),
  link: z.string().nullable().describe('The same as an address'),
}).meta({ id: 'NewInvitation' });

const InvitationPreviewView = InvitationView.pick({ email: true, role: true, expiresAt: true })
  .extend({ organization: OrganizationView.pick({ name: true }) })
  .meta({ id: 'InvitationPreview' });

const presentMember = ({ userId, email, role, since }: Member): z.infer<typeof MemberView> => ({ userId, email, role, since });
function answerMember(member: Member): Answer {
  const body = presentMember(member);
  return { status: 200, headers: { etag: contentEtag(body) }, body };
}

function presentInvitation(invitation: Invitation): z.infer<typeof InvitationView> {
  const { id, email, role, createdAt, createdBy, expiresAt } = invitation;
  return { id, email, role, createdAt, createdBy, expiresAt };
}

export function memberRoutes(context: RestContext): readonly Route[] {
  return [...members(context), ...invitations(context)];
}

function members({ app, cursors }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'get', path: '/v1/members', tag, access: 'members.read', summary: 'Members, in no order that means anything' },
      query: z.strictObject(pageParams),
      answers: { 200: { description: 'A page', schema: pageOf(MemberView) } },
      handle: async ({ principal, query }) => {
        const read = (page: Parameters<typeof listMembers>[2]) => listMembers(app, principal, page);
        return { status: 200, body: await answerPage(cursors, query, [principal.org, 'members'], read, presentMember) };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/members/{id}', tag, access: 'members.read', summary: 'A member' },
      params: idParams,
      headers: unchanged,
      answers: { 200: { description: 'The member', schema: MemberView }, ...unchangedAnswer },
      handle: async ({ principal, params }) => answerMember(await getMember(app, principal, params.id)),
    }),
    route({
      ...{ method: 'patch', path: '/v1/members/{id}', tag, access: 'members.manage', summary: 'Change a role' },
      description: 'To at most your own; the last owner stays one.',
      params: idParams,
      body: z.strictObject({ role: Role }),
      headers: conditional,
      answers: { 200: { description: 'As it is now', schema: MemberView } },
      problems: ['CONFLICT', 'PRECONDITION_FAILED'],
      handle: async ({ principal, params, body, request }) => {
        const expected = ifMatchContent(request.header('if-match'), presentMember);
        return answerMember(await changeRole(app, principal, { userId: params.id, role: body.role, expected }));
      },
    }),
    route({
      ...{ method: 'delete', path: '/v1/members/{id}', tag, access: 'members.manage', summary: 'Remove a member' },
      params: idParams,
      headers: conditional,
      answers: { 204: { description: 'Neither sessions nor personal keys of theirs work here any more' } },
      problems: ['CONFLICT', 'PRECONDITION_FAILED'],
      handle: async ({ principal, params, request }) => {
        const expected = ifMatchContent(request.header('if-match'), presentMember);
        await removeMember(app, principal, { userId: params.id, expected });
        return { status: 204 };
      },
    }),
  ];
}

function invitations({ app, cursors }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'post', path: '/v1/invitations', tag, access: 'invitations.manage', summary: 'Invite somebody' },
      body: z.strictObject({ email: emailText, role: Role.describe('At most your own') }),
      secretAnswer: true,
      answers: { 201: { description: 'The invitation; it works once, within a week', schema: NewInvitationView } },
      problems: ['QUOTA_REACHED'],
      handle: async ({ principal, body }) => {
        const { invitation, link } = await inviteMember(app, principal, body);
        const shown = { token: link?.token ?? null, link: link?.url ?? null };
        return { status: 201, body: { ...presentInvitation(invitation), ...shown } };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/invitations', tag, access: 'invitations.manage', summary: 'Invitations, newest first' },
      query: z.strictObject(pageParams),
      answers: { 200: { description: 'A page', schema: pageOf(InvitationView) } },
      handle: async ({ principal, query }) => {
        const read = (page: Parameters<typeof listInvitations>[2]) => listInvitations(app, principal, page);
        return { status: 200, body: await answerPage(cursors, query, [principal.org, 'invitations'], read, presentInvitation) };
      },
    }),
    route({
      ...{ method: 'delete', path: '/v1/invitations/{id}', tag, access: 'invitations.manage', summary: 'Take it back' },
      params: idParams,
      answers: { 204: { description: 'It works no more' } },
      handle: async ({ principal, params }) => {
        await revokeInvitation(app, principal, params.id);
        return { status: 204 };
      },
    }),
    publicRoute({
      ...{ method: 'post', path: '/v1/invitations/preview', tag, summary: 'What an invitation is for' },
      description: 'For whoever holds the token, signed in or not; the invitation stays open.',
      body: z.strictObject({ token: secretText }),
      answers: { 200: { description: 'The organization, and as what', schema: InvitationPreviewView } },
      problems: ['LINK_INVALID', 'RATE_LIMITED'],
      handle: async ({ body, request: { clientAddress } }) => {
        return { status: 200, body: await previewInvitation(app, { ...body, clientAddress }) };
      },
    }),
    accountRoute({
      ...{ method: 'post', path: '/v1/invitations/accept', tag, summary: 'Join by invitation' },
      body: z.strictObject({ token: secretText }),
      answers: { 200: { description: 'What you are a member of now', schema: OrganizationView } },
      problems: ['LINK_INVALID', 'CONFLICT', 'QUOTA_REACHED'],
      handle: async ({ account, body }) => {
        const { organization, member } = await acceptInvitation(app, account, body.token);
        const { id, name, createdAt } = organization;
        return { status: 200, body: { id, name, createdAt, role: member.role } };
      },
    }),
  ];
}

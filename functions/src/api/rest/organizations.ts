/** Organizations: a person's own list, and the one that a request works in. */
import type { Organization } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import type { Principal } from '@automateos/shared/model/principal';
import { z } from 'zod';
import type { Belonging } from '../../app/auth/choose-organization.ts';
import { belongingsOf } from '../../app/auth/create-session.ts';
import { leaveOrganization } from '../../app/organizations/change-member.ts';
import { createOrganization } from '../../app/organizations/create-organization.ts';
import { deleteOrganization } from '../../app/organizations/delete-organization.ts';
import { renameOrganization } from '../../app/organizations/rename-organization.ts';
import { showOrganization } from '../../app/organizations/show-organization.ts';
import { conditional, contentEtag, ifMatchContent, unchanged, unchangedAnswer } from '../http/etag.ts';
import { plainText } from '../http/plain-text.ts';
import { idParams } from '../http/query-params.ts';
import { type Answer, accountRoute, type Route, route } from '../http/route.ts';
import { OrganizationView } from './account-shapes.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Organizations';
const named = { name: plainText(100) };

const present = ({ organization, member }: Belonging): z.infer<typeof OrganizationView> => ({
  ...{ id: organization.id, name: organization.name, createdAt: organization.createdAt },
  role: member.role,
});

/** The id in the address must be the one that the request works in: any other is not there. */
function requireThis(principal: Principal, id: string): void {
  if (id !== principal.org) throw new AppError('NOT_FOUND', { what: 'organization', id: id.slice(0, 64) });
}

export function organizationRoutes(context: RestContext): readonly Route[] {
  return [...mine(context), ...thisOne(context)];
}

function mine({ app }: RestContext): readonly Route[] {
  return [
    accountRoute({
      ...{ method: 'post', path: '/v1/organizations', tag, summary: 'Make an organization; you own it' },
      body: z.strictObject(named),
      answers: { 201: { description: 'The organization', schema: OrganizationView } },
      problems: ['QUOTA_REACHED'],
      handle: async ({ account, body }) => {
        return { status: 201, body: present(await createOrganization(app, account, body.name)) };
      },
    }),
    accountRoute({
      ...{ method: 'get', path: '/v1/organizations', tag, summary: 'What you are a member of' },
      answers: { 200: { description: 'All of them', schema: z.object({ items: z.array(OrganizationView) }) } },
      handle: async ({ account }) => {
        const belongings = await belongingsOf(app, account.user);
        return { status: 200, body: { items: belongings.map(present) } };
      },
    }),
    accountRoute({
      ...{ method: 'post', path: '/v1/organizations/{id}/leave', tag, summary: 'Stop being a member' },
      params: idParams,
      answers: { 204: { description: 'You are no member any more' } },
      problems: ['CONFLICT'],
      handle: async ({ account, params }) => {
        await leaveOrganization(app, account, params.id);
        return { status: 204 };
      },
    }),
  ];
}

function thisOne({ app }: RestContext): readonly Route[] {
  const viewFor =
    ({ role }: Principal) =>
    ({ id, name, createdAt }: Organization): z.infer<typeof OrganizationView> => ({ id, name, createdAt, role });
  const answerOf = (principal: Principal, organization: Organization): Answer => {
    const body = viewFor(principal)(organization);
    return { status: 200, headers: { etag: contentEtag(body) }, body };
  };
  return [
    route({
      ...{ method: 'get', path: '/v1/organizations/{id}', tag, access: 'members.read' },
      summary: 'The organization that the request works in',
      params: idParams,
      headers: unchanged,
      answers: { 200: { description: 'The organization', schema: OrganizationView }, ...unchangedAnswer },
      handle: async ({ principal, params }) => {
        requireThis(principal, params.id);
        return answerOf(principal, await showOrganization(app, principal));
      },
    }),
    route({
      ...{ method: 'patch', path: '/v1/organizations/{id}', tag, access: 'organizations.manage', summary: 'Rename it' },
      params: idParams,
      body: z.strictObject(named),
      headers: conditional,
      answers: { 200: { description: 'As it is now', schema: OrganizationView } },
      problems: ['CONFLICT', 'PRECONDITION_FAILED'],
      handle: async ({ principal, params, body, request }) => {
        requireThis(principal, params.id);
        const expected = ifMatchContent(request.header('if-match'), viewFor(principal));
        return answerOf(principal, await renameOrganization(app, principal, body.name, expected));
      },
    }),
    route({
      ...{ method: 'delete', path: '/v1/organizations/{id}', tag, access: 'organizations.delete' },
      summary: 'Delete it, with all that is left in it',
      description: 'It must hold no workflow and nothing that runs. It ends at once; maintenance removes what it has stored.',
      params: idParams,
      headers: conditional,
      answers: { 204: { description: 'It is gone, for all its members and keys' } },
      problems: ['CONFLICT', 'PRECONDITION_FAILED'],
      handle: async ({ principal, params, request }) => {
        requireThis(principal, params.id);
        const expected = ifMatchContent(request.header('if-match'), viewFor(principal));
        await deleteOrganization(app, principal, expected);
        return { status: 204 };
      },
    }),
  ];
}

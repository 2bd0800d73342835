/** Organizations, members, invitations, quotas and what an organization is told of. */
import { newOrganization } from '../../../app/auth/new-organization.ts';
import type { ApiFixture } from '../../api-fixture.ts';
import { type Caller, createKey, createPerson, type Person, signIn } from '../callers.ts';
import type { Params, Rows } from '../row.ts';
import type { Tenant } from '../tenant.ts';

let serial = 0;

type Owner = { readonly org: string; readonly person: Person };

/** An organization that is not needed any more, with its owner. */
async function newOwner(fixture: ApiFixture): Promise<Owner> {
  serial += 1;
  const made = newOrganization(fixture.app, { id: `usr_founder${serial}`, email: `founder${serial}@example.test` }, 'passing');
  await fixture.app.store.commit([...made.writes]);
  const org = made.belonging.organization.id;
  return { org, person: await createPerson(fixture, org, 'owner', 'owner') };
}

export async function ownerOfAnother(
  fixture: ApiFixture,
  _: Tenant,
  { via }: Caller,
): Promise<{ readonly token: string; readonly params: Params }> {
  const { org, person } = await newOwner(fixture);
  const token = via === 'session' ? await signIn(fixture, person) : await createKey(fixture, org, person, { role: 'owner' });
  return { token, params: { id: org } };
}

export async function memberOnTheirWay(
  fixture: ApiFixture,
  tenant: Tenant,
  { role }: Caller,
): Promise<{ readonly token: string; readonly params: Params }> {
  serial += 1;
  const person = await createPerson(fixture, tenant.org, role, `leaving-${serial}`);
  return { token: await signIn(fixture, person), params: { id: tenant.org } };
}

const endpoint = () => ({ url: 'https://receiver.example/hook', events: ['execution.failed'] });
const newEndpoint = async ({ make }: Tenant): Promise<Params> => ({ id: await make.endpoint() });
const ofEndpoint = ({ things }: Tenant): Params => ({ id: things.endpointId });
const ofDelivery = ({ things }: Tenant): Params => ({ id: things.deliveryId });

const organizations: Rows = {
  createOrganization: { action: 'account', throwaway: memberOnTheirWay, body: (_, cell) => ({ name: `made ${cell}` }) },
  listOrganizations: { action: 'account' },
  leaveOrganization: { action: 'account', params: ({ org }) => ({ id: org }), throwaway: memberOnTheirWay },
  getOrganization: { action: 'members.read', params: ({ org }) => ({ id: org }) },
  changeOrganization: {
    action: 'organizations.manage',
    params: ({ org }) => ({ id: org }),
    body: ({ canary }, cell) => ({ name: `${canary} ${cell}` }),
  },
  deleteOrganization: { action: 'organizations.delete', params: ({ org }) => ({ id: org }), throwaway: ownerOfAnother },
  getQuotas: { action: 'quotas.read' },
  getOrganizationQuotas: { action: 'installation.own', installation: true, params: ({ org }) => ({ id: org }) },
  changeQuotas: {
    action: 'installation.own',
    installation: true,
    params: ({ org }) => ({ id: org }),
    body: () => ({ members: null }),
  },
};

const members: Rows = {
  listMembers: { action: 'members.read' },
  getMember: { action: 'members.read', params: async ({ make }) => ({ id: await make.member() }) },
  changeMember: {
    action: 'members.manage',
    params: async ({ make }) => ({ id: await make.member() }),
    body: () => ({ role: 'operator' }),
  },
  deleteMember: { action: 'members.manage', params: async ({ make }) => ({ id: await make.member() }) },
  createInvitation: { action: 'invitations.manage', body: (_, cell) => ({ email: `guest${cell}@example.test`, role: 'viewer' }) },
  listInvitations: { action: 'invitations.manage' },
  deleteInvitation: { action: 'invitations.manage', params: async ({ make }) => ({ id: await make.invitation() }) },
  previewInvitation: { action: 'public', body: () => ({ token: 'no-such-invitation' }), success: [422, 429] }, // no such link
  acceptInvitation: { action: 'account', body: () => ({ token: 'no-such-invitation' }), success: [422, 429] }, // no such link
};

const webhooks: Rows = {
  createWebhookEndpoint: {
    action: 'webhooks.manage',
    body: endpoint,
    after: (tenant, { body }) => tenant.make.dropEndpoint(String(body.id)),
  },
  listWebhookEndpoints: { action: 'webhooks.read' },
  getWebhookEndpoint: { action: 'webhooks.read', params: ofEndpoint },
  changeWebhookEndpoint: {
    action: 'webhooks.manage',
    params: ofEndpoint,
    body: (_, cell) => ({ description: `changed ${cell}` }),
  },
  deleteWebhookEndpoint: { action: 'webhooks.manage', params: newEndpoint },
  rotateWebhookSecret: { action: 'webhooks.manage', params: ofEndpoint, body: () => ({ overlapHours: 0 }) },
  testWebhookEndpoint: { action: 'webhooks.manage', params: ofEndpoint },
  listWebhookEndpointDeliveries: { action: 'webhooks.read', params: ofEndpoint },
  replayWebhookDeliveries: { action: 'webhooks.manage', params: ofEndpoint, body: () => ({}) },
  getWebhookDelivery: { action: 'webhooks.read', params: ofDelivery },
  replayWebhookDelivery: { action: 'webhooks.manage', params: ofDelivery, success: [202, 409] }, // it may still be on its way
};

export const organizationRows: Rows = { ...organizations, ...members, ...webhooks };

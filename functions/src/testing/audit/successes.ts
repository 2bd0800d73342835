/** Operations whose rows in the matrix are refused as often as not, prepared so that they succeed. */
import type { JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import { newOrganization } from '../../app/auth/new-organization.ts';
import type { ApiFixture } from '../api-fixture.ts';
import { createPerson, signIn } from '../matrix/callers.ts';
import { itemsOf, type Tenant } from '../matrix/tenant.ts';

/** What is absent is as in the row; the token is the owner's. */
export type Prepared = {
  readonly token?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: JsonValue;
};

export type Successes = Readonly<Record<string, () => Promise<Prepared>>>;

let serial = 0;

const budget = { monthlyMicroUsd: 5_000_000_000, onExceeded: 'warn' };

async function pausedExecution({ make, ask }: Tenant): Promise<string> {
  const { executionId } = await make.waiting();
  await ask('POST', `/v1/executions/${executionId}/pause`);
  return executionId;
}

async function budgetOfWorkflow({ make, ask }: Tenant): Promise<string> {
  const id = await make.workflow();
  await ask('PUT', `/v1/workflows/${id}/budget`, budget);
  return id;
}

export async function draftOfWorkflow({ make, ask }: Tenant): Promise<string> {
  const id = await make.workflow();
  await ask('PUT', `/v1/workflows/${id}/draft`, { name: 'draft' });
  return id;
}

/** A copy of one that is under way, as if its tries were used up. */
export async function failedDelivery({ app }: ApiFixture, { org, things }: Tenant): Promise<string> {
  const row = await app.store.get(paths.webhookDelivery(org, things.deliveryId));
  const id = app.ids.make('whd');
  const data = { ...row?.data, id, status: 'failed' };
  await app.store.commit([{ kind: 'create', path: paths.webhookDelivery(org, id), data }]);
  return id;
}

async function authorizable({ ask }: Tenant): Promise<string> {
  serial += 1;
  const address = { authorizationUrl: 'https://accounts.example/authorize', tokenUrl: 'https://accounts.example/token' };
  const data = { ...address, clientId: 'client', clientSecret: 'secret-of-client' };
  const made = await ask('POST', '/v1/credentials', { name: `grant ${serial}`, kind: 'oauth2-authorization-code', data });
  return String(made.body.id);
}

/** Another organization. */
async function elsewhere({ app }: ApiFixture): Promise<string> {
  serial += 1;
  const { belonging, writes } = newOrganization(
    app,
    { id: `usr_host${serial}`, email: `host${serial}@example.test` },
    'elsewhere',
  );
  await app.store.commit([...writes]);
  return belonging.organization.id;
}

export function createSuccesses(fixture: ApiFixture, tenant: Tenant): Successes {
  const { org, ask, make, owner } = tenant;
  const person = (name: string) => createPerson(fixture, org, 'viewer', `${name}-${++serial}`);
  return {
    resumeExecution: async () => ({ params: { id: await pausedExecution(tenant) } }),
    authorizeCredential: async () => ({ params: { id: await authorizable(tenant) } }),
    pruneStorage: async () => ({ body: { olderThanDays: 400 } }),
    deleteBudget: async () => {
      await ask('PUT', '/v1/budget', budget);
      return {};
    },
    deleteWorkflowBudget: async () => ({ params: { id: await budgetOfWorkflow(tenant) } }),
    deleteWorkflowDraft: async () => ({ params: { id: await draftOfWorkflow(tenant) } }),
    redriveDeadLetters: async () => ({ body: { ids: [(await make.failed()).letterId] } }),
    discardDeadLetters: async () => ({ body: { ids: [(await make.failed()).letterId] } }),
    replayWebhookDelivery: async () => ({ params: { id: await failedDelivery(fixture, tenant) } }),
    replayWebhookDeliveries: async () => {
      await failedDelivery(fixture, tenant);
      return {};
    },
    createPasswordResetLink: async () => ({ body: { email: owner.email } }),
    endSession: async () => {
      const someone = await person('elsewhere');
      const token = await signIn(fixture, someone);
      await signIn(fixture, someone);
      const { body } = await fixture.call('GET', '/v1/auth/sessions', undefined, { authorization: `Bearer ${token}` });
      const other = itemsOf(body.items).find(({ isCurrent }) => isCurrent === false);
      return { token, params: { id: String(other?.id) } };
    },
    acceptInvitation: async () => {
      const guest = await createPerson(fixture, await elsewhere(fixture), 'viewer', `guest-${++serial}`);
      const { body } = await ask('POST', '/v1/invitations', { email: guest.email, role: 'viewer' });
      return { token: await signIn(fixture, guest), body: { token: String(body.token) } };
    },
    resetPassword: async () => {
      const forgetful = await person('forgetful');
      const token = await signIn(fixture, forgetful);
      const { body } = await ask('POST', '/v1/admin/password-reset-links', { email: forgetful.email });
      return { token, body: { token: String(body.token), password: 'another good password' } };
    },
  };
}

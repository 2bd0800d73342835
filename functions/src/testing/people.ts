/** People with accounts in one installation, for tests of who may do what where. */
import type { Role } from '@automateos/shared/model/principal';
import type { Answered, ApiFixture } from './api-fixture.ts';

export type PersonAt = {
  readonly email: string;
  readonly userId: string;
  readonly token: string;
  /** As this person; `org` goes into X-Organization-Id. */
  call(method: string, path: string, body?: unknown, org?: string): Promise<Answered>;
};

export const personPassword = 'long enough to pass';

/** As whoever has this token. */
export function callAs(api: ApiFixture, token: string): PersonAt['call'] {
  return (method, path, body, org) =>
    api.call(method, path, body, { authorization: `Bearer ${token}`, 'x-organization-id': org ?? null });
}

/** Registers by an invitation of the fixture's owner. */
export async function invitedPerson(api: ApiFixture, email: string, role: Role): Promise<PersonAt> {
  const { org } = api.owner.principal;
  const invited = await api.call('POST', '/v1/invitations', { email, role }, { 'x-organization-id': org });
  const body = { email, password: personPassword, invitation: invited.body.token };
  return signedIn(api, email, await api.call('POST', '/v1/auth/register', body, { authorization: null }));
}

export async function login(api: ApiFixture, email: string, password = personPassword): Promise<PersonAt> {
  return signedIn(api, email, await api.call('POST', '/v1/auth/login', { email, password }, { authorization: null }));
}

function signedIn(api: ApiFixture, email: string, answer: Answered): PersonAt {
  const { token, user } = answer.body;
  if (typeof token !== 'string') throw new Error(`${email} is not signed in: ${answer.text}`);
  return { email, token, userId: String(Object(user).id), call: callAs(api, token) };
}

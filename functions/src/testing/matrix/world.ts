/** Two organizations on one API, each with people and keys of every role and something of every kind, and tokens that must open nothing. */
import { paths } from '@automateos/shared/model/paths';
import { newOrganization } from '../../app/auth/new-organization.ts';
import type { Action } from '../../app/auth/permissions.ts';
import { type ApiFixture, createApiFixture } from '../api-fixture.ts';
import { createHanging } from '../crash-steps.ts';
import { type BadTokens, createBadTokens } from './bad-tokens.ts';
import { type Caller, createCallers, createPerson, createScopedCallers, type Person, signIn } from './callers.ts';
import { createTenant, type Tenant } from './tenant.ts';

export type World = {
  readonly fixture: ApiFixture;
  readonly home: Tenant;
  readonly foreign: Tenant;
  readonly callers: readonly Caller[];
  readonly strangers: readonly Caller[];
  readonly scoped: ReadonlyMap<Action, readonly Caller[]>;
  readonly bad: BadTokens;
  /** All that is stored of the first organization, but when keys were used and what guards requests. */
  stored(): string;
};

export async function createWorld(): Promise<World> {
  const fixture = await createApiFixture();
  const hanging = createHanging();
  fixture.app.effects.behave = hanging.hang;
  const home = fixture.owner.principal.org;
  const owner: Person = { userId: fixture.owner.principal.userId, email: fixture.owner.email };
  const other = await createOrganization(fixture);
  const bad = await createBadTokens(fixture, home, owner);
  const token = await signIn(fixture, owner);
  const tenantOf = (org: string, of: Person, token: string, canary: string) =>
    createTenant({ fixture, hanging, org, owner: of, token, canary });
  return {
    ...{ fixture, bad },
    home: await tenantOf(home, owner, token, 'canary-home'),
    foreign: await tenantOf(other.org, other.owner, await signIn(fixture, other.owner), 'canary-foreign'),
    callers: await createCallers(fixture, home, owner),
    strangers: await createCallers(fixture, other.org, other.owner),
    scoped: await createScopedCallers(fixture, home, owner),
    stored: () => storedOf(fixture, home),
  };
}

async function createOrganization(fixture: ApiFixture): Promise<{ readonly org: string; readonly owner: Person }> {
  const { app } = fixture;
  const made = newOrganization(app, { id: 'usr_nobody', email: 'nobody@example.test' }, 'canary-foreign');
  await app.store.commit([...made.writes]);
  const org = made.belonging.organization.id;
  return { org, owner: await createPerson(fixture, org, 'owner', 'owner') };
}

function storedOf({ store }: ApiFixture, org: string): string {
  const passing = ['api-key-uses', 'idempotency'].map((name) => `${paths.organization(org)}/${name}/`);
  const documents = store.documents().filter(({ path }) => path.startsWith(paths.organization(org)));
  return JSON.stringify(documents.filter(({ path }) => !passing.some((prefix) => path.startsWith(prefix))));
}

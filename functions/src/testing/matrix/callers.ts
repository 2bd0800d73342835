/** The people and keys of one organization: one of each role, by session and by API key, written straight into the store. */
import type { ApiKey, User } from '@automateos/shared/model/account';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import { Role } from '@automateos/shared/model/principal';
import { apiKeyDigest } from '../../app/auth/authenticate.ts';
import { memberWrites } from '../../app/auth/member-writes.ts';
import { type Action, actions } from '../../app/auth/permissions.ts';
import { asDocument } from '../../app/engine/as-document.ts';
import type { ApiFixture } from '../api-fixture.ts';

export const roles: readonly Role[] = Role.options;
export const actionNames = Object.keys(actions) as readonly Action[]; // its keys are what Action is made of

export type Caller = {
  /** As a failed cell names it. */
  readonly name: string;
  readonly token: string;
  readonly role: Role;
  readonly via: 'session' | 'api-key';
  /** The only actions of a key; absent = all that the role may. */
  readonly scopes?: readonly Action[];
};

export type Person = { readonly userId: string; readonly email: string };

export const password = 'correct horse battery';

export async function createPerson({ app, identity }: ApiFixture, org: string, role: Role, name: string): Promise<Person> {
  const email = `${name}@${org}.test`;
  const account = await identity.createAccount(email, password);
  if (account === null) throw new Error(`${email} exists`);
  const now = toInstant(app.clock.now());
  const user: User = { id: account.userId, email, org, createdAt: now, sessionsValidFrom: now };
  const member = { userId: user.id, email, role, since: now };
  await app.store.commit([{ kind: 'create', path: paths.user(user.id), data: asDocument(user) }, ...memberWrites(org, member)]);
  return { userId: user.id, email };
}

export async function signIn({ identity }: ApiFixture, { email }: Person): Promise<string> {
  const session = await identity.signIn(email, password);
  if (session === null) throw new Error(`${email} cannot sign in`);
  return session.token;
}

export type KeyOptions = { readonly role: Role; readonly scopes?: readonly Action[]; readonly expiresAt?: string };

/** Past the limits of how many keys an organization may have: there are more cells than keys in any real one. */
export async function createKey({ app }: ApiFixture, org: string, maker: Person, options: KeyOptions): Promise<string> {
  const key = `${app.ids.make('aos')}${app.ids.make('').slice(1)}`;
  const { role, scopes, expiresAt = null } = options;
  const apiKey: ApiKey = {
    ...{ id: app.ids.make('key'), org, name: 'matrix', role, digest: apiKeyDigest(key), hint: key.slice(0, 8) },
    ...{ createdAt: toInstant(app.clock.now()), createdBy: maker.userId, expiresAt },
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
  };
  await app.store.commit([
    { kind: 'create', path: paths.apiKey(org, apiKey.id), data: asDocument(apiKey) },
    { kind: 'create', path: paths.apiKeyDigest(apiKey.digest), data: { org, id: apiKey.id } },
  ]);
  return key;
}

/** `owner` makes the keys, so that their roles are their own. */
export async function createCallers(fixture: ApiFixture, org: string, owner: Person): Promise<readonly Caller[]> {
  const callers: Caller[] = [];
  for (const role of roles) {
    const person = role === 'owner' ? owner : await createPerson(fixture, org, role, role);
    callers.push({ name: `${role} by session`, token: await signIn(fixture, person), role, via: 'session' });
    callers.push({ name: `${role} by key`, token: await createKey(fixture, org, owner, { role }), role, via: 'api-key' });
  }
  return callers;
}

/** For each action a key that is for nothing else, and one that is for everything else. */
export async function createScopedCallers(
  fixture: ApiFixture,
  org: string,
  owner: Person,
): Promise<ReadonlyMap<Action, readonly Caller[]>> {
  const byAction = new Map<Action, readonly Caller[]>();
  for (const action of actionNames) {
    const of = async (name: string, scopes: readonly Action[]): Promise<Caller> => {
      const token = await createKey(fixture, org, owner, { role: 'owner', scopes });
      return { name, token, role: 'owner', via: 'api-key', scopes };
    };
    const others = actionNames.filter((other) => other !== action);
    byAction.set(action, [await of(`key for ${action} only`, [action]), await of(`key for all but ${action}`, others)]);
  }
  return byAction;
}

/** Every kind of Authorization header that must not open anything, by name. */
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import { apiKeyDigest } from '../../app/auth/authenticate.ts';
import type { ApiFixture } from '../api-fixture.ts';
import { createKey, createPerson, type Person, signIn } from './callers.ts';

export type BadTokens = Readonly<Record<string, string | null>>;

const dayMs = 86_400_000;

/** Lets a day pass: tokens that shall be good are made afterwards. */
export async function createBadTokens(fixture: ApiFixture, org: string, owner: Person): Promise<BadTokens> {
  const { app } = fixture;
  const expired = await signIn(fixture, owner);
  const soon = toInstant(app.clock.now() + dayMs / 2);
  const expiredKey = await createKey(fixture, org, owner, { role: 'owner', expiresAt: soon });
  await app.fakeClock.advance(dayMs);
  const good = await signIn(fixture, owner);
  const [header = '', payload = '', signature = ''] = good.split('.');
  const goodKey = await createKey(fixture, org, owner, { role: 'owner' });
  const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  const otherPayload = (await signIn(fixture, await createPerson(fixture, org, 'viewer', 'other'))).split('.')[1];
  const tokens: BadTokens = {
    'a malformed token': 'not.a.token',
    'an expired session': expired,
    'a revoked session': await revokedSession(fixture, org),
    'a session with the end of its signature changed': `${header}.${payload}.${flipped(signature)}`,
    "a session with another's claims": `${header}.${otherPayload}.${signature}`,
    'an unsigned session': `${unsigned}.${payload}.`,
    'an expired key': expiredKey,
    'a revoked key': await revokedKey(fixture, org, owner),
    'a tampered key': flipped(goodKey),
    'the beginning of a key': goodKey.slice(0, -4),
  };
  const headers = Object.entries(tokens).map(([name, token]) => [name, `Bearer ${token}`]);
  return {
    'no token': null,
    'an empty header': '',
    'another scheme': `Basic ${good}`,
    'two tokens': `Bearer ${good}, Bearer ${good}`,
    ...Object.fromEntries(headers),
  };
}

async function revokedSession(fixture: ApiFixture, org: string): Promise<string> {
  const { app } = fixture;
  const person = await createPerson(fixture, org, 'owner', 'revoked');
  const token = await signIn(fixture, person);
  await app.fakeClock.advance(2_000);
  const path = paths.user(person.userId);
  const stored = await app.store.get(path);
  await app.store.commit([{ kind: 'set', path, data: { ...stored?.data, sessionsValidFrom: toInstant(app.clock.now()) } }]);
  return token;
}

async function revokedKey(fixture: ApiFixture, org: string, owner: Person): Promise<string> {
  const key = await createKey(fixture, org, owner, { role: 'owner' });
  const digest = apiKeyDigest(key);
  const holder = await fixture.app.store.get(paths.apiKeyDigest(digest));
  await fixture.app.store.commit([
    { kind: 'delete', path: paths.apiKeyDigest(digest) },
    { kind: 'delete', path: paths.apiKey(org, String(holder?.data.id)) },
  ]);
  return key;
}

/** With its middle character changed: not a bit that an encoding ignores. */
function flipped(text: string): string {
  const at = Math.floor(text.length / 2);
  return `${text.slice(0, at)}${text[at] === 'a' ? 'b' : 'a'}${text.slice(at + 1)}`;
}

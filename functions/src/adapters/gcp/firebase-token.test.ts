import { createHmac, generateKeyPairSync } from 'node:crypto';
import { AppError } from '@automateos/shared/model/app-error';
import { exportJWK, type JWTHeaderParameters, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LoopbackServer, startLoopbackServer } from '../../testing/loopback-server.ts';
import { createFirebaseTokenCheck } from './firebase-token.ts';

const projectId = 'demo-p';
const now = Date.parse('2026-11-28T12:00:00Z');
const seconds = now / 1_000;
const userId = 'usr_0123456789abcdefghijklmn';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });

const good = {
  ...{ iss: `https://securetoken.google.com/${projectId}`, aud: projectId, sub: userId, user_id: userId },
  ...{ iat: seconds - 10, exp: seconds + 3_590, auth_time: seconds - 500, email: 'a@example.test' },
};

let keys: LoopbackServer;
beforeAll(async () => {
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', use: 'sig', alg: 'RS256' };
  keys = await startLoopbackServer(() => ({ body: JSON.stringify({ keys: [jwk] }) }));
});
afterAll(() => keys.close());

const checkOf = (jwksUrl = `${keys.origin}/jwk`, emulated = false) =>
  createFirebaseTokenCheck({ projectId, emulated, jwksUrl, now: () => now });

function sign(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Promise<string> {
  // a hostile header is no valid one
  const protectedHeader = { alg: 'RS256', kid: 'k1', typ: 'JWT', ...header } as JWTHeaderParameters;
  return new SignJWT({ ...good, ...claims }).setProtectedHeader(protectedHeader).sign(privateKey);
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = (claims: object = {}, header: object = { alg: 'none', typ: 'JWT' }): string =>
  `${part(header)}.${part({ ...good, ...claims })}.`;

it('a session is accepted with its account, its sign-in and its end', async () => {
  const check = checkOf();
  expect(await check(await sign())).toEqual({
    ok: true,
    claims: { userId, signedInAtMs: (seconds - 500) * 1_000, expiresAtMs: (seconds + 3_590) * 1_000 },
  });
  expect(await check(await sign())).toMatchObject({ ok: true });
  expect(keys.seen).toHaveLength(1);
});

it('what a session claims beyond who and when is not looked at: custom claims say nothing of organizations or roles', async () => {
  const claims = {
    role: 'owner',
    org: 'org_other',
    organization: 'org_other',
    admin: true,
    tenant: 'x',
    firebase: { tenant: 'x' },
  };
  expect(await checkOf()(await sign(claims))).toEqual({
    ok: true,
    claims: { userId, signedInAtMs: (seconds - 500) * 1_000, expiresAtMs: (seconds + 3_590) * 1_000 },
  });
});

it.each<readonly [string, Record<string, unknown>]>([
  ['a time to come', { nbf: seconds + 1_000 }],
  ['another project', { aud: 'demo-q', iss: 'https://securetoken.google.com/demo-q' }],
  ['another audience', { aud: 'demo-q' }],
  ['several audiences', { aud: [projectId, 'demo-q'] }],
  ['another issuer', { iss: 'https://accounts.google.com' }],
  ['no account', { sub: undefined }],
  ['an account that is none of ours', { sub: 'Xy7GoogleMadeThisOne28chars' }],
  ['a path as account', { sub: 'usr_a/../b' }],
  ['no sign-in', { auth_time: undefined }],
  ['a sign-in of the future', { auth_time: seconds + 1_000 }],
  ['the future', { iat: seconds + 1_000, exp: seconds + 3_000 }],
  ['the past', { iat: seconds - 4_000, exp: seconds - 400 }],
  ['a year', { exp: seconds + 31_000_000 }],
  ['no end', { exp: undefined }],
])('a session of %s is refused', async (_, claims) => {
  expect(await checkOf()(await sign(claims))).toMatchObject({ ok: false });
});

it('a signature that is none is refused: unsigned, with the public key as secret, with keys of its own, of an unknown key', async () => {
  const check = checkOf();
  const mac = `${part({ alg: 'HS256', kid: 'k1', typ: 'JWT' })}.${part(good)}`;
  const secret = publicKey.export({ type: 'spki', format: 'pem' });
  const forged = [
    ...[unsigned(), unsigned({}, { alg: 'None' }), `${unsigned()}AA`, unsigned({}, { alg: 'RS256', kid: 'k1' })],
    `${mac}.${createHmac('sha256', secret).update(mac).digest('base64url')}`,
    ...[await sign({}, { jku: 'https://evil.example' }), await sign({}, { jwk: publicKey.export({ format: 'jwk' }) })],
    ...[await sign({}, { kid: 'k2' }), await sign({}, { kid: undefined }), await sign({}, { kid: '../../etc/passwd' })],
    ...[await sign({}, { x5u: 'https://evil.example' }), await sign({}, { kid: 'https://evil.example/key' })],
    ...[await sign({}, { kid: "k1' or '1'='1" }), await sign({}, { b64: true, crit: ['b64'] })],
    ...[(await sign()).slice(0, -3), `${await sign()}A`, await sign({ pad: 'x'.repeat(5_000) })],
  ];
  for (const token of forged) expect(await check(token), token.slice(0, 60)).toMatchObject({ ok: false });
});

it('an unsigned token, which the emulator makes, is accepted only where an emulator is configured', async () => {
  expect(await checkOf()(unsigned())).toMatchObject({ ok: false });
  const emulated = checkOf('http://127.0.0.1:1/none', true);
  expect(await emulated(unsigned())).toMatchObject({ ok: true, claims: { userId } });
  expect(await emulated(await sign())).toMatchObject({ ok: false });
  expect(await emulated(unsigned({ aud: 'demo-q' }))).toMatchObject({ ok: false });
  expect(await emulated(unsigned({ exp: seconds - 1 }))).toMatchObject({ ok: false });
});

it('keys that cannot be fetched are an outage and no refusal', async () => {
  await using broken = await startLoopbackServer(() => ({ status: 500 }));
  const failure = checkOf(`${broken.origin}/jwk`)(await sign());
  await expect(failure).rejects.toThrow(AppError);
  await expect(failure).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { AppError } from '@automateos/shared/model/app-error';
import { exportJWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOidcIssuer } from '../../../../infra/emulators/oidc-issuer.ts';
import { type LoopbackServer, startLoopbackServer } from '../../testing/loopback-server.ts';
import { createPushTokenVerifier, type VerifyPush } from './push-token.ts';

const audience = 'https://worker-abc.a.run.app';
const email = 'invoker@demo-p.iam.gserviceaccount.com';
const issuer = 'https://accounts.google.com';
const now = Date.parse('2026-11-28T12:00:00Z');
const seconds = now / 1_000;

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

const good: JWTPayload = {
  iss: issuer,
  aud: audience,
  sub: '117',
  azp: '117',
  email,
  email_verified: true,
  iat: seconds - 10,
  exp: seconds + 3_590,
};

/** A token of the right key, changed as the test says; undefined takes a claim away. */
function sign(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, key = privateKey): Promise<string> {
  // a hostile header is no valid one
  const protectedHeader = { alg: 'RS256', kid: 'k1', typ: 'JWT', ...header } as JWTHeaderParameters;
  return new SignJWT({ ...good, ...claims }).setProtectedHeader(protectedHeader).sign(key);
}

const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

async function codeOf(verify: VerifyPush, authorization: string | null): Promise<string> {
  try {
    await verify(authorization);
    return 'accepted';
  } catch (error) {
    return error instanceof AppError ? error.code : `threw ${String(error)}`;
  }
}

describe('the token of a push', () => {
  let keys: LoopbackServer;
  let verify: VerifyPush;
  beforeAll(async () => {
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', use: 'sig', alg: 'RS256' };
    keys = await startLoopbackServer(() => ({ body: JSON.stringify({ keys: [jwk] }) }));
    verify = createPushTokenVerifier({ audience, email, issuer, jwksUrl: `${keys.origin}/certs`, now: () => now });
  });
  afterAll(() => keys.close());

  it('is accepted when it is of the invoker and for this function; its keys are fetched once', async () => {
    for (let n = 0; n < 5; n += 1) expect(await codeOf(verify, `Bearer ${await sign()}`)).toBe('accepted');
    expect(await codeOf(verify, `bearer ${await sign({}, { typ: undefined })}`)).toBe('accepted');
    expect(keys.seen).toHaveLength(1);
  });

  it.each<readonly [string, Record<string, unknown>]>([
    ['for another function', { aud: 'https://api-abc.a.run.app' }],
    ['for several', { aud: [audience, 'https://api-abc.a.run.app'] }],
    ['for this one in another spelling', { aud: `${audience}/` }],
    ['for nobody', { aud: undefined }],
    ['of another service account', { email: 'other@demo-p.iam.gserviceaccount.com' }],
    ['of a like-named account of another project', { email: 'invoker@demo-q.iam.gserviceaccount.com' }],
    ['without an e-mail', { email: undefined }],
    ['with a list of e-mails', { email: [email] }],
    ['whose e-mail is not verified', { email_verified: false }],
    ['whose e-mail is said to be verified', { email_verified: 'true' }],
    ['that does not say whether', { email_verified: undefined }],
    ['of another issuer', { iss: 'https://accounts.example.com' }],
    ['of an issuer whose name begins alike', { iss: `${issuer}.example.com` }],
    ['of no issuer', { iss: undefined }],
    ['of nobody in particular', { sub: '' }],
    ['that has expired', { iat: seconds - 3_700, exp: seconds - 100 }],
    ['that expires now', { exp: seconds }],
    ['that never expires', { exp: undefined }],
    ['that expires some time', { exp: '4102444800' }],
    ['that is not valid yet', { nbf: seconds + 120 }],
    ['of the future', { iat: seconds + 120, exp: seconds + 3_000 }],
    ['of no time', { iat: undefined }],
    ['that lives for a day', { exp: seconds + 86_400 }],
    ['that ends before it begins', { iat: seconds + 30, exp: seconds + 20 }],
    ['of the time NaN', { iat: null }],
  ])('is refused: one %s', async (_, claims) => {
    expect(await codeOf(verify, `Bearer ${await sign(claims)}`)).toBe('UNAUTHENTICATED');
  });

  it.each<readonly [string, Record<string, unknown>]>([
    ['jku', { jku: 'https://evil.example/keys' }],
    ['x5u', { x5u: 'https://evil.example/cert' }],
    ['jwk', { jwk: publicKey.export({ format: 'jwk' }) }],
    ['x5c', { x5c: ['MIIB'] }],
    ['crit', { crit: ['b64'], b64: true }],
    ['zip', { zip: 'DEF' }],
    ['another typ', { typ: 'at+jwt' }],
    ['no kid', { kid: undefined }],
    ['an empty kid', { kid: '' }],
    ['an unknown kid', { kid: 'k2' }],
    ['a path as kid', { kid: '../../../../dev/null' }],
    ['SQL as kid', { kid: "k1' OR '1'='1" }],
    ['a URL as kid', { kid: 'https://evil.example/keys' }],
    ['a list as kid', { kid: ['k1'] }],
    ['a kid of 300 characters', { kid: 'k'.repeat(300) }],
  ])('is refused: %s in its header', async (_, header) => {
    const head = part({ alg: 'RS256', kid: 'k1', typ: 'JWT', ...header });
    const body = part(good);
    const signature = signBytes('sha256', Buffer.from(`${head}.${body}`), privateKey).toString('base64url');
    expect(await codeOf(verify, `Bearer ${head}.${body}.${signature}`)).toBe('UNAUTHENTICATED');
  });

  it.each(['none', 'None', 'nOnE', 'NONE', 'HS256', 'HS512', 'RS512', 'PS256', 'ES256', 'EdDSA', '', null])(
    'is refused: one whose algorithm is %s',
    async (alg) => {
      const signed = `${part({ alg, kid: 'k1', typ: 'JWT' })}.${part(good)}`;
      // the public key as the secret: the classic confusion
      const mac = createHmac('sha256', pem).update(signed).digest('base64url');
      for (const signature of ['', mac, (await sign()).split('.')[2] ?? '']) {
        expect(await codeOf(verify, `Bearer ${signed}.${signature}`)).toBe('UNAUTHENTICATED');
      }
    },
  );

  it('is refused: a signature of another key, of another body, cut short or stretched', async () => {
    const token = await sign();
    const [head = '', body = '', signature = ''] = token.split('.');
    const stretched = Buffer.concat([Buffer.from(signature, 'base64url'), Buffer.from([0])]).toString('base64url');
    const forged = [
      await sign({}, {}, stranger.privateKey),
      `${head}.${part({ ...good, sub: '118' })}.${signature}`,
      `${head}.${body}.${signature.slice(0, -4)}`,
      `${head}.${body}.${stretched}`,
      `${head}.${body}.`,
      `${head}.${body}`,
    ];
    for (const each of forged) expect(await codeOf(verify, `Bearer ${each}`)).toBe('UNAUTHENTICATED');
  });

  it('is refused: no token, no scheme, junk around it, and a huge one', async () => {
    const token = await sign();
    const hostile = [
      null,
      ...['', 'Bearer', 'Bearer ', token, `Basic ${token}`, `Bearer  ${token}`, `Bearer ${token} `, `Bearer ${token}.`],
      ...[`Bearer ${token}=`, `Bearer ${token}\n`, `Bearer ${token}, Bearer ${token}`, `Bearer ${token}.${token}`],
      ...['Bearer null', 'Bearer undefined', 'Bearer ..', 'Bearer a.b.c', `Bearer ${part('[]')}.${part('[]')}.AA`],
      ...[`Bearer ${part('{')}.${part('}')}.AA`, `Bearer ${part('null')}.${part('null')}.AA`],
      ...[`Bearer ${await sign({ pad: 'x'.repeat(5_000) })}`, `Bearer ${'A'.repeat(1_000_000)}`],
    ];
    for (const each of hostile) expect(await codeOf(verify, each), String(each).slice(0, 40)).toBe('UNAUTHENTICATED');
    // the same bytes in another spelling: stray bits in the last character
    const [head, body, signature = ''] = token.split('.');
    const twin = signature.slice(0, -1) + String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1);
    expect(await codeOf(verify, `Bearer ${head}.${body}.${twin}`)).toBe('UNAUTHENTICATED');
  });

  it('is refused where duplicate claims end in a wrong one', async () => {
    const head = part({ alg: 'RS256', kid: 'k1', typ: 'JWT' });
    const body = part(JSON.stringify(good).replace('{', `{"email":"${email}",`).replace(/}$/, ',"email":"evil@example.test"}'));
    const signature = signBytes('sha256', Buffer.from(`${head}.${body}`), privateKey).toString('base64url');
    expect(await codeOf(verify, `Bearer ${head}.${body}.${signature}`)).toBe('UNAUTHENTICATED');
  });
});

describe('the keys of push tokens', () => {
  const server = (answer: () => { status?: number; body?: string; headers?: Record<string, string> }) =>
    startLoopbackServer(answer);
  const verifierOf = (origin: string) =>
    createPushTokenVerifier({ audience, email, issuer, jwksUrl: `${origin}/certs`, now: () => now });

  it('that cannot be fetched make the sender come back, and accept nothing', async () => {
    const gone = await startLoopbackServer(() => ({}));
    await gone.close();
    expect(await codeOf(verifierOf(gone.origin), `Bearer ${await sign()}`)).toBe('UNAVAILABLE');
    const answers = [
      { status: 500 },
      { status: 404, body: '{"keys":[]}' },
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      { body: '<html>' },
      { body: '{"keys":{}}' },
      { body: 'null' },
    ];
    for (const answer of answers) {
      await using broken = await server(() => answer);
      expect(await codeOf(verifierOf(broken.origin), `Bearer ${await sign()}`), JSON.stringify(answer)).toBe('UNAVAILABLE');
    }
  });

  it('are asked for again after an outage', async () => {
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1' };
    let up = false;
    await using keys = await server(() => (up ? { body: JSON.stringify({ keys: [jwk] }) } : { status: 503 }));
    const verify = verifierOf(keys.origin);
    expect(await codeOf(verify, `Bearer ${await sign()}`)).toBe('UNAVAILABLE');
    up = true;
    expect(await codeOf(verify, `Bearer ${await sign()}`)).toBe('accepted');
  });

  it('are not asked for again for every token with a made-up key id, nor for one that is no Google token at all', async () => {
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1' };
    await using keys = await server(() => ({ body: JSON.stringify({ keys: [jwk] }) }));
    const verify = verifierOf(keys.origin);
    expect(await codeOf(verify, 'Bearer a.b.c')).toBe('UNAUTHENTICATED');
    expect(keys.seen).toHaveLength(0);
    for (let n = 0; n < 50; n += 1)
      expect(await codeOf(verify, `Bearer ${await sign({}, { kid: `x${n}` })}`)).toBe('UNAUTHENTICATED');
    expect(keys.seen.length).toBeLessThan(3);
  });

  it('without an issuer of our own are Google’s, which know nothing of ours', async () => {
    const local = await startOidcIssuer();
    const token = `Bearer ${await local.sign({ audience, email })}`;
    const ours = { audience, email, jwksUrl: local.jwksUrl, now: Date.now };
    expect(await codeOf(createPushTokenVerifier({ ...ours, issuer: local.issuer }), token)).toBe('accepted');
    expect(await codeOf(createPushTokenVerifier(ours), token)).toBe('UNAUTHENTICATED');
    await local.stop();
  });
});

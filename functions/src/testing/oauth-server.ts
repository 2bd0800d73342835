/**
 * An OAuth server on loopback for tests. Strict where servers in the wild are: codes count once and need their PKCE verifier and redirect
 * address, refresh tokens rotate, and one that is used twice revokes all that came of the same authorization.
 */
import { createHash, randomBytes } from 'node:crypto';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts';

export type OAuthServer = LoopbackServer & {
  /** What the person's browser would be sent back to. */
  approve(authorizationUrl: string): URL;
  /** Requests to /api that carry a valid access token answer 200. */
  readonly counts: { refreshes: number; reused: number; clientCredentials: number; assertions: number };
  /** Access tokens end after as many seconds. */
  expiresIn: number;
  /** Set: the token address answers this status with an HTML page. */
  failing: number | null;
  revokeAll(): void;
  /** Called while a token request is being answered. */
  onTokenRequest: (() => Promise<void>) | null;
};

type Code = { readonly challenge: string; readonly redirectUri: string; readonly clientId: string };
type Refresh = { readonly family: string; used: boolean };

export const oauthClient = { clientId: 'client-1', clientSecret: 'client-s3cret/+' } as const;

export async function startOAuthServer(): Promise<OAuthServer> {
  const codes = new Map<string, Code>();
  const access = new Map<string, string>();
  const refresh = new Map<string, Refresh>();
  const revoked = new Set<string>();
  const counts = { refreshes: 0, reused: 0, clientCredentials: 0, assertions: 0 };
  const random = (): string => randomBytes(18).toString('base64url');
  const json = (status: number, body: object) => ({
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  });
  const refuse = (error: string) => json(400, { error, error_description: 'not for you' });

  const issue = (family: string, withRefresh: boolean) => {
    const token = `at-${random()}`;
    access.set(token, family);
    if (!withRefresh) return json(200, { access_token: token, token_type: 'Bearer', expires_in: server.expiresIn });
    const refreshToken = `rt-${random()}`;
    refresh.set(refreshToken, { family, used: false });
    const idToken = 'eyJhbGciOiJub25lIn0.e30.';
    const given = { access_token: token, token_type: 'Bearer', refresh_token: refreshToken, scope: 'read', id_token: idToken };
    return json(200, { ...given, expires_in: server.expiresIn });
  };

  function byCode(form: URLSearchParams) {
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (code === undefined || code.challenge !== challenge || code.redirectUri !== form.get('redirect_uri'))
      return refuse('invalid_grant');
    return issue(random(), true);
  }

  function byRefresh(form: URLSearchParams) {
    counts.refreshes += 1;
    const known = refresh.get(form.get('refresh_token') ?? '');
    if (known === undefined || revoked.has(known.family)) return refuse('invalid_grant');
    if (known.used) {
      counts.reused += 1;
      revoked.add(known.family);
      return refuse('invalid_grant');
    }
    known.used = true;
    return issue(known.family, true);
  }

  function answerToken(authorization: string, form: URLSearchParams) {
    const [id, secret] = authorization.startsWith('Basic ')
      ? Buffer.from(authorization.slice(6), 'base64').toString().split(':').map(decodeURIComponent)
      : [form.get('client_id'), form.get('client_secret')];
    const grant = form.get('grant_type');
    if (grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      counts.assertions += 1;
      return issue(random(), false);
    }
    if (id !== oauthClient.clientId || secret !== oauthClient.clientSecret) return json(401, { error: 'invalid_client' });
    if (grant === 'authorization_code') return byCode(form);
    if (grant === 'refresh_token') return byRefresh(form);
    if (grant !== 'client_credentials') return refuse('unsupported_grant_type');
    counts.clientCredentials += 1;
    return issue(random(), false);
  }

  const loopback = await startLoopbackServer(async (request) => {
    const authorization = String(request.headers.authorization ?? '');
    if (request.url.startsWith('/token')) {
      await server.onTokenRequest?.();
      if (server.failing !== null)
        return { status: server.failing, headers: { 'content-type': 'text/html' }, body: '<h1>down</h1>' };
      return answerToken(authorization, new URLSearchParams(request.body.toString()));
    }
    const family = access.get(authorization.replace('Bearer ', ''));
    if (family === undefined || revoked.has(family)) return json(401, { error: 'no' });
    return json(200, { ok: true, echoed: authorization, url: request.url, body: request.body.toString() });
  });

  const server: OAuthServer = {
    ...loopback,
    counts,
    expiresIn: 3_600,
    failing: null,
    onTokenRequest: null,
    approve(authorizationUrl) {
      const asked = new URL(authorizationUrl).searchParams;
      const redirectUri = asked.get('redirect_uri') ?? '';
      if (asked.get('code_challenge_method') !== 'S256') throw new Error('PKCE S256 is asked of every client');
      const code = random();
      codes.set(code, { challenge: asked.get('code_challenge') ?? '', redirectUri, clientId: asked.get('client_id') ?? '' });
      const back = new URL(redirectUri);
      back.searchParams.set('code', code);
      back.searchParams.set('state', asked.get('state') ?? '');
      back.searchParams.set('iss', 'https://issuer.example/realm');
      return back;
    },
    revokeAll() {
      for (const family of access.values()) revoked.add(family);
      for (const { family } of refresh.values()) revoked.add(family);
    },
  };
  return server;
}

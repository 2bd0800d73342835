/**
 * What is asked of an OAuth server's token address, by oauth4webapi over the guarded client: no redirect is followed, every exchange has a
 * deadline and a size. What comes back is parsed and reduced to what a credential keeps; an ID token is nobody's business here.
 */
import type { JsonObject } from '@automateos/shared/model/json';
import { StepError } from '@automateos/shared/model/step-error';
import type { HttpClient } from '@automateos/shared/ports/http-client';
import * as oauth from 'oauth4webapi';
import { fetchOverHttp } from '../../outgoing/fetch-over-http.ts';
import { fieldOf } from '../request-parts.ts';
import { GrantRefused } from './grant-refused.ts';

export type Tokens = {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Seconds; null where the server does not say. */
  readonly expiresIn: number | null;
  readonly scope: string | null;
};

export type Grant =
  | { readonly kind: 'code'; readonly parameters: URLSearchParams; readonly redirectUri: string; readonly verifier: string }
  | { readonly kind: 'refresh'; readonly refreshToken: string }
  | { readonly kind: 'client-credentials' }
  | { readonly kind: 'assertion'; readonly assertion: string };

const timeoutMs = 20_000;
const maxBytes = 256 * 1_024;

/** Throws GrantRefused; StepError CREDENTIAL_REFUSED, or what the client throws. */
export async function requestTokens(http: HttpClient, data: JsonObject, grant: Grant): Promise<Tokens> {
  const endpoint = tokenEndpoint(data);
  const server: oauth.AuthorizationServer = { issuer: endpoint.origin, token_endpoint: endpoint.href };
  const client: oauth.Client = { client_id: fieldOf(data, 'clientId') ?? 'automateos' };
  const send = fetchOverHttp(http, { timeoutMs, maxBytes });
  const options: oauth.TokenEndpointRequestOptions = {
    [oauth.customFetch]: async (url, { method, headers, body, signal }) =>
      withoutIdToken(await send(url, { method, headers, body, redirect: 'manual', ...(signal === undefined ? {} : { signal }) })),
    // plain HTTP only within this machine, where the operator has allowed it
    [oauth.allowInsecureRequests]: isLoopback(endpoint),
  };
  try {
    return tokensOf(await exchange({ server, client, auth: clientAuth(data, grant), options }, data, grant));
  } catch (error) {
    throw failureOf(error, endpoint);
  }
}

type Exchange = {
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly auth: oauth.ClientAuth;
  readonly options: oauth.TokenEndpointRequestOptions;
};

async function exchange(
  { server, client, auth, options }: Exchange,
  data: JsonObject,
  grant: Grant,
): Promise<oauth.TokenEndpointResponse> {
  switch (grant.kind) {
    case 'code': {
      const { redirectUri, verifier } = grant;
      const parameters = oauth.validateAuthResponse(server, client, grant.parameters, oauth.skipStateCheck);
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        auth,
        parameters,
        redirectUri,
        verifier,
        options,
      );
      return oauth.processAuthorizationCodeResponse(server, client, response);
    }
    case 'refresh': {
      const response = await oauth.refreshTokenGrantRequest(server, client, auth, grant.refreshToken, options);
      return oauth.processRefreshTokenResponse(server, client, response);
    }
    case 'client-credentials': {
      const asked = [
        ['scope', fieldOf(data, 'scopes')],
        ['audience', fieldOf(data, 'audience')],
      ].flatMap(([name, value]) => (typeof name === 'string' && typeof value === 'string' ? [[name, value]] : []));
      const response = await oauth.clientCredentialsGrantRequest(server, client, auth, asked, options);
      return oauth.processClientCredentialsResponse(server, client, response);
    }
    case 'assertion': {
      const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
      const asked = { assertion: grant.assertion };
      const response = await oauth.genericTokenEndpointRequest(server, client, auth, grantType, asked, options);
      return oauth.processGenericTokenEndpointResponse(server, client, response);
    }
    default:
      return grant satisfies never;
  }
}

function tokenEndpoint(data: JsonObject): URL {
  const text = fieldOf(data, 'tokenUrl') ?? '';
  if (!URL.canParse(text)) throw refused('its token address is no URL');
  const url = new URL(text);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return url;
  throw refused('its token address is not https');
}

function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

function clientAuth(data: JsonObject, grant: Grant): oauth.ClientAuth {
  const secret = fieldOf(data, 'clientSecret');
  const chosen = fieldOf(data, 'clientAuth') ?? (secret === null ? 'none' : 'basic');
  if (grant.kind === 'assertion' || chosen === 'none' || secret === null) return oauth.None();
  return chosen === 'post' ? oauth.ClientSecretPost(secret) : oauth.ClientSecretBasic(secret);
}

/** It would have to be checked against an issuer that nobody has named; nothing here looks at it. */
async function withoutIdToken(response: Response): Promise<Response> {
  const text = await response.text();
  const { status, headers } = response;
  if (!text.includes('"id_token"')) return new Response(text, { status, headers });
  const body: unknown = JSON.parse(text);
  const kept = typeof body === 'object' && body !== null ? Object.entries(body).filter(([name]) => name !== 'id_token') : [];
  return new Response(JSON.stringify(Object.fromEntries(kept)), { status, headers });
}

function tokensOf(response: oauth.TokenEndpointResponse): Tokens {
  if (response.token_type !== 'bearer')
    throw refused(`the server gives tokens of type ${response.token_type.slice(0, 32)}, not bearer`);
  return {
    accessToken: response.access_token,
    refreshToken: response.refresh_token ?? null,
    expiresIn: response.expires_in ?? null,
    scope: response.scope ?? null,
  };
}

const grantErrors = new Set(['invalid_grant', 'access_denied', 'interaction_required', 'login_required', 'consent_required']);

/** Codes are the standard's; descriptions stay out, for they may say what was sent. */
function failureOf(error: unknown, endpoint: URL): Error {
  if (error instanceof StepError) return error;
  if (error instanceof oauth.ResponseBodyError) {
    const code = /^[a-z_]{1,40}$/.test(error.error) ? error.error : 'unknown';
    if (grantErrors.has(code)) return new GrantRefused(code, { cause: error });
    if (error.status >= 500) return unavailable(endpoint, `status ${error.status}`);
    return refused(`${endpoint.origin} answers ${code}`);
  }
  if (error instanceof oauth.AuthorizationResponseError) return new GrantRefused('access_denied', { cause: error });
  if (error instanceof oauth.OperationProcessingError) {
    const response: unknown = error.cause;
    if (response instanceof Response && response.status >= 500) return unavailable(endpoint, `status ${response.status}`);
    return refused(`${endpoint.origin} gives no answer that OAuth knows`);
  }
  return error instanceof Error ? refused(`${endpoint.origin} gives no answer that OAuth knows`) : new Error('unknown');
}

function unavailable(endpoint: URL, reason: string): StepError {
  const message = `No access token now: ${endpoint.origin} answers ${reason}.`;
  return new StepError({ code: 'CREDENTIAL_UNAVAILABLE', message, class: '5xx' });
}

export function refused(reason: string): StepError {
  return new StepError({ code: 'CREDENTIAL_REFUSED', message: `No access token: ${reason}.`, retryable: false });
}

/**
 * Tries a credential, stored or about to be: gets its token where it has a grant, and sends the request that its kind names for this, or a GET
 * of an address that the caller names. The answer says whether it works and what the service said, in a line of ours without any of its text.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { CredentialType } from '@automateos/shared/model/credential-type';
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { Principal } from '@automateos/shared/model/principal';
import { StepError } from '@automateos/shared/model/step-error';
import type { HttpResponse } from '@automateos/shared/ports/http-client';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { restrictedTo } from './allowed-hosts.ts';
import { type CredentialData, checkCredentialData, readCredential, requireKnownKind } from './credential.ts';
import { credentialKindsOf, credentialTypesOf } from './credential-types.ts';
import { GrantRefused } from './grants/grant-refused.ts';
import { signAssertion } from './grants/service-account.ts';
import { requestTokens } from './grants/token-endpoint.ts';
import { openCredential } from './open-credential.ts';
import { type OpenedCredential, openedCredential } from './opened-credential.ts';
import { fillTemplate } from './request-parts.ts';

export type CredentialVerdict = { readonly ok: boolean; readonly detail: string };

const timeoutMs = 15_000;
const maxBytes = 256 * 1_024;

/** Throws NOT_FOUND, FORBIDDEN, INVALID_PARAMS where there is nothing to try. */
export async function testCredential(
  app: App,
  principal: Principal,
  { id, url }: { readonly id: string; readonly url?: string | undefined },
): Promise<CredentialVerdict> {
  requirePermission(principal, 'credentials.write');
  const { credential } = await readCredential(app, principal.org, id);
  const type = credentialTypesOf(app.nodeTypes).get(credential.kind);
  requireTest(type, credential.kind, url);
  return verdict(
    () => openCredential(app, principal.org, id),
    (opened) => tryIt(app, type, opened, url),
  );
}

export type UnsavedCredential = {
  readonly kind: string;
  readonly data: CredentialData;
  readonly allowedHosts?: readonly string[] | undefined;
  readonly url?: string | undefined;
};

/** Before it is stored; nothing of it is. Throws as above. */
export async function testUnsavedCredential(
  app: App,
  principal: Principal,
  unsaved: UnsavedCredential,
): Promise<CredentialVerdict> {
  requirePermission(principal, 'credentials.write');
  const { kind, data, allowedHosts = [], url } = unsaved;
  requireKnownKind(kind, credentialKindsOf(app.nodeTypes));
  const type = credentialTypesOf(app.nodeTypes).get(kind);
  checkCredentialData(type, data);
  requireTest(type, kind, url);
  const open = async () => {
    const granted = await tokenFor(app, type, data);
    return openedCredential(type, { name: 'unsaved', kind, data: { ...data, ...granted }, allowedHosts });
  };
  return verdict(open, (opened) => tryIt(app, type, opened, url));
}

async function tokenFor(app: App, type: CredentialType | undefined, data: JsonObject): Promise<JsonObject> {
  switch (type?.grant) {
    case undefined:
      return {};
    case 'authorization-code':
      throw new AppError('INVALID_PARAMS', { reason: 'Store it and authorize it first: a person has to agree.' });
    case 'client-credentials':
      return { accessToken: (await requestTokens(app.http, data, { kind: 'client-credentials' })).accessToken };
    case 'service-account': {
      const { assertion, tokenUrl } = await signAssertion(data, app.clock.now());
      return { accessToken: (await requestTokens(app.http, { tokenUrl }, { kind: 'assertion', assertion })).accessToken };
    }
    default:
      throw new AppError('INTERNAL');
  }
}

function requireTest(type: CredentialType | undefined, kind: string, url: string | undefined): void {
  if (type === undefined || (type.request.length === 0 && type.test === undefined))
    throw new AppError('INVALID_PARAMS', { reason: `Credentials of kind ${kind} cannot be tried by a request.` });
  if (url === undefined && type.test === undefined && type.grant === undefined)
    throw new AppError('INVALID_PARAMS', { reason: `Send a url to try a credential of kind ${kind} with.` });
}

async function verdict(
  open: () => Promise<OpenedCredential>,
  attempt: (opened: OpenedCredential) => Promise<CredentialVerdict>,
): Promise<CredentialVerdict> {
  let opened: OpenedCredential | null = null;
  try {
    opened = await open();
    return await attempt(opened);
  } catch (error) {
    if (error instanceof GrantRefused) return { ok: false, detail: error.message };
    if (!(error instanceof StepError)) throw error;
    return { ok: false, detail: opened === null ? error.message : opened.maskText(error.message) };
  }
}

async function tryIt(
  app: App,
  type: CredentialType | undefined,
  opened: OpenedCredential,
  asked: string | undefined,
): Promise<CredentialVerdict> {
  const test = asked === undefined ? type?.test : { method: 'GET' as const, url: asked };
  if (test === undefined) return { ok: true, detail: 'The authorization server gave a token.' };
  const url = new URL(asked ?? fillTemplate(test.url, opened.kind, opened.data));
  for (const [name, value] of Object.entries(opened.request?.query ?? {})) url.searchParams.set(name, value);
  const response = await restrictedTo(opened.hosts, opened.name, app.http).send({
    ...{ method: test.method, url: url.href, headers: { ...opened.request?.headers, accept: 'application/json' } },
    ...{ followRedirects: false, timeoutMs, maxBytes, signal: AbortSignal.timeout(timeoutMs) },
  });
  const ok = response.status < 300 && (test.trueField === undefined || fieldIsTrue(response, test.trueField));
  const said = `${test.method} ${url.origin} answered with status ${response.status}`;
  return { ok, detail: ok || response.status >= 300 ? `${said}.` : `${said}, but does not accept the credential.` };
}

function fieldIsTrue(response: HttpResponse, field: string): boolean {
  try {
    const body = JSON.parse(Buffer.from(response.body).toString()) as JsonValue; // JSON.parse makes nothing else
    return isJsonObject(body) && body[field] === true;
  } catch {
    return false; // no JSON: not what the service answers when it works
  }
}

/**
 * How a request becomes an answer, in this order: who asks, what they may do, what kind of body it is, its bytes, its shape, the work. So
 * nothing of a body is read, let alone parsed or run, for somebody who is not known.
 */
import { createHash } from 'node:crypto';
import { AppError } from '@automateos/shared/model/app-error';
import type { Identity } from '@automateos/shared/ports/identity';
import type { App } from '../../app/app-context.ts';
import type { Account } from '../../app/auth/account.ts';
import { type Authenticated, authenticate, authenticateAccount, type Caller } from '../../app/auth/authenticate.ts';
import { requirePermission } from '../../app/auth/permissions.ts';
import { digest } from '../../app/digest.ts';
import { type KeptAnswer, runOnce } from '../../app/idempotency/run-once.ts';
import { parseDefinition } from '../../app/workflows/definition-text.ts';
import { callerOf } from './caller.ts';
import { deprecationHeaders } from './deprecation.ts';
import { renderProblem } from './problem-response.ts';
import { apiBodyLimitBytes, type ReadBody, readBody } from './read-body.ts';
import type { RequestLimits } from './request-limits.ts';
import type { Answer, RequestInfo, Route } from './route.ts';

export type RouteContext = {
  readonly app: App;
  readonly identity: Identity;
  /** Absent: nothing is limited. */
  readonly limits?: RequestLimits | undefined;
};

export type IncomingRequest = {
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly clientAddress: string;
  /** Headers for whatever the answer will be, problems included; filled on the way. */
  readonly extra: Record<string, string>;
};

/** Throws AppError; whoever calls renders it. */
export async function runRoute(context: RouteContext, route: Route, incoming: IncomingRequest): Promise<Answer> {
  const { app } = context;
  const { request, requestId } = incoming;
  if (route.deprecated !== undefined) Object.assign(incoming.extra, deprecationHeaders(route.deprecated));
  const { authenticated, account } = await admit(context, route, incoming);
  const query = queryOf(request);
  const body = await bodyOf(route, request);
  const principal = authenticated?.principal ?? null;
  // of a person where no organization is chosen
  const holder = principal?.org ?? account?.user.id ?? null;
  const key = holder === null || route.method !== 'post' ? null : idempotencyKey(request);
  const bodyDigest =
    key === null
      ? ''
      : createHash('sha256')
          .update(body?.bytes ?? '')
          .digest('hex');
  const path = new URL(request.url).pathname;
  const scope = key === null || holder === null ? null : digest(holder, route.method, path, key);
  const info: RequestInfo = {
    requestId,
    header: (name) => request.headers.get(name),
    clientAddress: incoming.clientAddress,
    signal: request.signal,
    idempotency: scope === null ? null : { key: scope, digest: bodyDigest, sent: { header: 'Idempotency-Key', key: key ?? '' } },
    authenticated,
  };
  const work = () => route.run({ params: incoming.params, query, body, principal, account, request: info });
  if (key === null || scope === null || holder === null) return work();
  const once = { org: holder, id: `rest-${scope}`, key, bodyDigest, secret: route.secretAnswer };
  const { answer, replayed } = await runOnce(app, once, () => keep(app, requestId, work));
  const headers = { ...answer.headers, ...(replayed ? { 'idempotency-replayed': 'true' } : {}) };
  return { status: answer.status, headers, text: answer.body };
}

type Admitted = { readonly authenticated: Authenticated | null; readonly account: Account | null };

async function admit(context: RouteContext, route: Route, incoming: IncomingRequest): Promise<Admitted> {
  const { limits } = context;
  if (route.access === 'public') {
    Object.assign(incoming.extra, await limits?.ofAddress(incoming.clientAddress));
    return { authenticated: null, account: null };
  }
  if (route.access === 'account') {
    const account = await known(context, incoming, authenticateAccount);
    Object.assign(incoming.extra, await limits?.ofAccount(account.user.id));
    return { authenticated: null, account };
  }
  const authenticated = await admitPrincipal(context, incoming);
  if (route.access !== 'signed-in') requirePermission(authenticated.principal, route.access);
  return { authenticated, account: null };
}

/** Somebody who is known and within their limits, before anything of the body is read. */
export async function admitPrincipal(context: RouteContext, incoming: IncomingRequest): Promise<Authenticated> {
  const authenticated = await known(context, incoming, authenticate);
  Object.assign(incoming.extra, await context.limits?.ofPrincipal(authenticated.principal));
  return authenticated;
}

/** Who asks; an address that has had many credentials refused is refused itself, before another one is looked up. */
async function known<T>(
  { app, identity, limits }: RouteContext,
  incoming: IncomingRequest,
  look: (app: App, identity: Identity, caller: Caller) => Promise<T>,
): Promise<T> {
  const { request, clientAddress } = incoming;
  await limits?.beforeCredentials(clientAddress);
  try {
    return await look(
      app,
      identity,
      callerOf((name) => request.headers.get(name), incoming),
    );
  } catch (error) {
    if (error instanceof AppError && error.code === 'UNAUTHENTICATED') await limits?.refusedCredentials(clientAddress);
    throw error;
  }
}

async function bodyOf(route: Route, request: Request): Promise<ReadBody | null> {
  if (route.schemas.body === null) return null;
  const rules = { yaml: route.yaml, optional: route.bodyOptional, limitBytes: apiBodyLimitBytes };
  return readBody(request, rules, parseDefinition);
}

/** Each parameter once: what a second one means, no two readers agree on. */
function queryOf(request: Request): Readonly<Record<string, string>> {
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of new URL(request.url).searchParams) {
    if (name === '__proto__' || name in query) {
      throw new AppError('MALFORMED_REQUEST', { reason: `The query has ${name.slice(0, 64)} more than once.` });
    }
    query[name] = value;
  }
  return { ...query };
}

function idempotencyKey(request: Request): string | null {
  const key = request.headers.get('idempotency-key');
  if (key === null) return null;
  if (!/^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)) {
    throw new AppError('MALFORMED_REQUEST', { reason: 'Idempotency-Key must be 1 to 255 printable characters.' });
  }
  return key;
}

/** The answer as text, problems included: they are answers too. */
async function keep(app: App, requestId: string, work: () => Promise<Answer>): Promise<KeptAnswer> {
  try {
    const answer = await work();
    if ('stream' in answer) throw new AppError('INTERNAL');
    if ('text' in answer) return { status: answer.status, headers: { ...answer.headers }, body: answer.text };
    const headers = { 'content-type': 'application/json', ...answer.headers };
    return { status: answer.status, headers, body: answer.body === undefined ? '' : JSON.stringify(answer.body) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const problem = renderProblem(error, requestId, app.logger);
    return { status: problem.status, headers: { ...problem.headers }, body: JSON.stringify(problem.body) };
  }
}

/**
 * How a request becomes an answer, in this order: who asks, what they may do, what kind of body it is, its bytes, its shape, the work. So
 * nothing of a body is read, let alone parsed or run, for somebody who is not known.
 */
import { createHash } from 'node:crypto';
import { AppError } from '@automateos/shared/model/app-error';
import type { Identity } from '@automateos/shared/ports/identity';
import type { App } from '../../app/app-context.ts';
import { type Authenticated, authenticate } from '../../app/auth/authenticate.ts';
import { requirePermission } from '../../app/auth/permissions.ts';
import { digest } from '../../app/digest.ts';
import { type KeptAnswer, runOnce } from '../../app/idempotency/run-once.ts';
import { parseDefinition } from '../../app/workflows/definition-text.ts';
import { callerOf } from './caller.ts';
import { renderProblem } from './problem-response.ts';
import { apiBodyLimitBytes, type ReadBody, readBody } from './read-body.ts';
import type { Answer, RequestInfo, Route } from './route.ts';

export type RouteContext = { readonly app: App; readonly identity: Identity };

export type IncomingRequest = {
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly clientAddress: string;
};

/** Throws AppError; whoever calls renders it. */
export async function runRoute({ app, identity }: RouteContext, route: Route, incoming: IncomingRequest): Promise<Answer> {
  const { request, requestId } = incoming;
  const authenticated = await admit(app, identity, route, incoming);
  const query = queryOf(request);
  const body = await bodyOf(route, request);
  const principal = authenticated?.principal ?? null;
  const key = principal === null || route.method !== 'post' ? null : idempotencyKey(request);
  const bodyDigest =
    key === null
      ? ''
      : createHash('sha256')
          .update(body?.bytes ?? '')
          .digest('hex');
  const path = new URL(request.url).pathname;
  const scope = key === null || principal === null ? null : digest(principal.org, route.method, path, key);
  const info: RequestInfo = {
    requestId,
    header: (name) => request.headers.get(name),
    clientAddress: incoming.clientAddress,
    signal: request.signal,
    idempotency: scope === null ? null : { key: scope, digest: bodyDigest, sent: { header: 'Idempotency-Key', key: key ?? '' } },
    authenticated,
  };
  const work = () => route.run({ params: incoming.params, query, body, principal, request: info });
  if (key === null || scope === null || principal === null) return work();
  const once = { org: principal.org, id: `rest-${scope}`, key, bodyDigest, secret: route.secretAnswer };
  const { answer, replayed } = await runOnce(app, once, () => keep(app, requestId, work));
  const headers = { ...answer.headers, ...(replayed ? { 'idempotency-replayed': 'true' } : {}) };
  return { status: answer.status, headers, text: answer.body };
}

async function admit(app: App, identity: Identity, route: Route, incoming: IncomingRequest): Promise<Authenticated | null> {
  if (route.access === 'public') return null;
  const { request } = incoming;
  const authenticated = await authenticate(
    app,
    identity,
    callerOf((name) => request.headers.get(name), incoming),
  );
  if (route.access !== 'signed-in') requirePermission(authenticated.principal, route.access);
  return authenticated;
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

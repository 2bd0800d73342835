/** The HTTP request that Cloud Tasks and Cloud Scheduler send to a target, with a token if one is asked for, and its retries' back-off. */
import { z } from 'zod';
import { GrpcFailure } from './grpc-service.ts';
import type { OidcIssuer } from './oidc-issuer.ts';

/** What both services call an HTTP target (google.cloud.tasks.v2.HttpRequest; Scheduler's HttpTarget has `uri` for `url`). */
export const httpTarget = {
  httpMethod: z.enum(['HTTP_METHOD_UNSPECIFIED', 'POST', 'GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']),
  headers: z.record(z.string(), z.string()),
  body: z.instanceof(Uint8Array),
  oidcToken: z.object({ serviceAccountEmail: z.string().min(1), audience: z.string() }).nullish(),
};

export const targetUrl = z.url({ protocol: /^https?$/ }).max(2_083);

export type Push = {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly token?: { readonly serviceAccountEmail: string; readonly audience: string } | null | undefined;
  readonly deadlineMs: number;
};

/** `status` 0: no answer, or none in time. */
export type PushOutcome = { readonly status: number; readonly reason: string };

export const succeeded = ({ status }: PushOutcome): boolean => status >= 200 && status < 300;

/** Refused when it is created, as where the creator may not act as the service account. */
export function requireSigner(issuer: OidcIssuer | undefined, token: Push['token']): void {
  if (!token || issuer) return;
  throw new GrpcFailure('PERMISSION_DENIED', `Nobody here signs tokens for ${token.serviceAccountEmail}.`);
}

const bodiless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']);

export async function push(issuer: OidcIssuer | undefined, request: Push, stopped: AbortSignal): Promise<PushOutcome> {
  const method = request.method === 'HTTP_METHOD_UNSPECIFIED' ? 'POST' : request.method;
  const headers = new Headers(request.headers);
  if (request.body.length > 0 && !headers.has('content-type')) headers.set('content-type', 'application/octet-stream');
  if (request.token) {
    const { serviceAccountEmail: email, audience } = request.token;
    const token = await issuer?.sign({ email, audience: audience === '' ? request.url : audience });
    headers.set('authorization', `Bearer ${token}`);
  }
  try {
    const response = await fetch(request.url, {
      ...{ method, headers, redirect: 'manual' },
      ...(bodiless.has(method) ? {} : { body: Uint8Array.from(request.body) }),
      signal: AbortSignal.any([stopped, AbortSignal.timeout(request.deadlineMs)]),
    });
    await response.body?.cancel();
    return { status: response.status, reason: response.statusText };
  } catch (error) {
    return { status: 0, reason: String(error) };
  }
}

export type Backoff = { readonly minMs: number; readonly maxMs: number; readonly doublings: number };

/** How long after the n-th failure (from 1): doubled so many times, then in equal steps, as RetryConfig of both services describes it. */
export function backoffMs({ minMs, maxMs, doublings }: Backoff, failures: number): number {
  const doubled = Math.min(failures - 1, doublings);
  const steps = Math.max(0, failures - 1 - doubled);
  return Math.min(maxMs, minMs * 2 ** doubled * (1 + steps));
}

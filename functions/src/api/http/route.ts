/**
 * A REST route as data: what it takes, what it answers, who may call it. The same schemas validate requests and make the OpenAPI
 * document, so that the two cannot disagree. How a route is run, and in which order things are checked, is run-route.ts.
 */

import { AppError } from '@automateos/shared/model/app-error';
import type { ErrorCode } from '@automateos/shared/model/error-catalogue';
import type { JsonValue } from '@automateos/shared/model/json';
import type { Principal } from '@automateos/shared/model/principal';
import { z } from 'zod';
import type { Account } from '../../app/auth/account.ts';
import type { Authenticated } from '../../app/auth/authenticate.ts';
import type { Action } from '../../app/auth/permissions.ts';
import { zodProblems } from '../../app/zod-problems.ts';
import type { Deprecated } from './deprecation.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What a handler may know of the request beside its parsed parts. */
export type RequestInfo = {
  readonly requestId: string;
  /** Lower-case names. */
  header(name: string): string | null;
  readonly clientAddress: string;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** Set by the pipeline when the request carries an Idempotency-Key: unique per organization, method, path and key. */
  readonly idempotency: {
    readonly key: string;
    readonly digest: string;
    readonly sent: { readonly header: string; readonly key: string };
  } | null;
  /** Who asked and until when; null on public routes. */
  readonly authenticated: Authenticated | null;
};

export type Answer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly text: string }
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly stream: ReadableStream<Uint8Array> };

export type RawBody = {
  readonly value: JsonValue;
  /** YAML as it was sent; null for JSON. */
  readonly source: string | null;
};

export type RawInput = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: RawBody | null;
  readonly principal: Principal | null;
  /** On routes of a person, whatever they are a member of. */
  readonly account: Account | null;
  readonly request: RequestInfo;
};

type Handled<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
  /** YAML text of the body, where it was YAML. */
  readonly source: string | null;
  readonly request: RequestInfo;
};

export type AnswerDoc = {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** `application/json` when absent. */
  readonly media?: string;
  /** What it may come as instead, where the request asks for it. */
  readonly alsoAs?: string;
};

type Documentation = {
  readonly method: Method;
  /** `/v1/workflows/{id}` */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly answers: Readonly<Record<number, AnswerDoc>>;
  /** Request headers that it looks at, with what they do. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Problems beyond those that every route can answer. */
  readonly problems?: readonly ErrorCode[];
  /** It still answers, but says so: see docs/guides/versioning.md. */
  readonly deprecated?: Deprecated;
};

type Parts<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** An absent body counts as `{}`. */
  readonly bodyOptional?: boolean;
  /** The body may be YAML too. */
  readonly yaml?: boolean;
  /** The answer holds a secret: it is sealed where it is kept for an Idempotency-Key. */
  readonly secretAnswer?: boolean;
};

/** A route erased to what the pipeline and the OpenAPI document need. */
export type Route = Documentation & {
  /** Lowest permission, `signed-in` for any principal, `account` for a person and no API key, `public` for anybody. */
  readonly access: Action | 'signed-in' | 'account' | 'public';
  readonly schemas: { readonly params: z.ZodType; readonly query: z.ZodType; readonly body: z.ZodType | null };
  readonly bodyOptional: boolean;
  readonly yaml: boolean;
  readonly secretAnswer: boolean;
  run(input: RawInput): Promise<Answer>;
};

const nothing = z.strictObject({});
type Nothing = typeof nothing;

/** A route for somebody who is known. */
export function route<P extends z.ZodType = Nothing, Q extends z.ZodType = Nothing, B extends z.ZodType = z.ZodUndefined>(
  spec: Documentation &
    Parts<P, Q, B> & {
      readonly access: Action | 'signed-in';
      handle(input: Handled<P, Q, B> & { readonly principal: Principal }): Promise<Answer>;
    },
): Route {
  return build(spec, spec.access, (input, principal) => {
    if (principal === null) throw new AppError('UNAUTHENTICATED', { reason: 'nobody is signed in.' });
    return spec.handle({ ...input, principal });
  });
}

/** A route for a person who is signed in and what is theirs, not an organization's: API keys have no business here. */
export function accountRoute<P extends z.ZodType = Nothing, Q extends z.ZodType = Nothing, B extends z.ZodType = z.ZodUndefined>(
  spec: Documentation & Parts<P, Q, B> & { handle(input: Handled<P, Q, B> & { readonly account: Account }): Promise<Answer> },
): Route {
  return build(spec, 'account', (input, _, account) => {
    if (account === null) throw new AppError('UNAUTHENTICATED', { reason: 'nobody is signed in.' });
    return spec.handle({ ...input, account });
  });
}

/** A route for anybody: signing in, and addresses that are secrets themselves. */
export function publicRoute<P extends z.ZodType = Nothing, Q extends z.ZodType = Nothing, B extends z.ZodType = z.ZodUndefined>(
  spec: Documentation & Parts<P, Q, B> & { handle(input: Handled<P, Q, B>): Promise<Answer> },
): Route {
  return build(spec, 'public', (input) => spec.handle(input));
}

function build<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  spec: Documentation & Parts<P, Q, B>,
  access: Route['access'],
  handle: (input: Handled<P, Q, B>, principal: Principal | null, account: Account | null) => Promise<Answer>,
): Route {
  const { method, path, tag, summary, description, answers, headers, problems, deprecated } = spec;
  const params = spec.params ?? nothing;
  const query = spec.query ?? nothing;
  const body = spec.body ?? null;
  return {
    ...{ method, path, tag, summary, answers, access },
    ...(description === undefined ? {} : { description }),
    ...(headers === undefined ? {} : { headers }),
    ...(problems === undefined ? {} : { problems }),
    ...(deprecated === undefined ? {} : { deprecated }),
    schemas: { params, query, body },
    bodyOptional: spec.bodyOptional === true,
    yaml: spec.yaml === true,
    secretAnswer: spec.secretAnswer === true,
    run: async (raw) => {
      const input = {
        params: parsePart(params, raw.params, 'path'),
        query: parsePart(query, raw.query, 'query'),
        body: body === null ? undefined : parsePart(body, raw.body?.value, 'body'),
      } as Pick<Handled<P, Q, B>, 'params' | 'query' | 'body'>; // an absent schema means the default type argument
      return handle({ ...input, source: raw.body?.source ?? null, request: raw.request }, raw.principal, raw.account);
    },
  };
}

/** Path and query that do not fit are malformed (400), a body that does not fit is invalid (422). */
export function parsePart<S extends z.ZodType>(schema: S, value: unknown, part: 'path' | 'query' | 'body'): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = zodProblems(parsed.error, '', value);
  const first = problems[0];
  const where = first === undefined || first.path === '' ? '' : ` ${first.path}:`;
  const reason = `The ${part} has ${problems.length} problem(s).${where} ${first?.message ?? ''}`.trimEnd();
  throw new AppError(part === 'body' ? 'INVALID_PARAMS' : 'MALFORMED_REQUEST', { reason }, { problems });
}

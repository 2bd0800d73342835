/**
 * What a call can fail with. `ApiProblem`: the server answered, and not with a success; its problem document is read as far as it is one.
 * `ApiUnreachable`: no answer came at all. Nothing else is thrown but what an aborted signal carries.
 */
/** One of many problems of a body, by its place. */
export type ProblemDetail = {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string;
};

type ProblemFacts = {
  readonly status: number;
  /** Of the catalogue (docs/errors.md); `HTTP_<status>` where something else than an AutomateOS server answered. */
  readonly code: string;
  readonly detail: string;
  readonly title: string | undefined;
  readonly requestId: string | undefined;
  readonly problems: readonly ProblemDetail[];
  readonly retryAfterSeconds: number | undefined;
  /** Where a redirect, which is never followed, leads. */
  readonly location: string | undefined;
  /** Whether the answer was a problem document. */
  readonly isDocument: boolean;
};

export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly facts: ProblemFacts;

  constructor(facts: ProblemFacts) {
    super(facts.detail);
    this.name = 'ApiProblem';
    this.status = facts.status;
    this.code = facts.code;
    this.facts = facts;
  }
}

export class ApiUnreachable extends Error {
  constructor(cause: unknown) {
    super('The server does not answer.', { cause });
    this.name = 'ApiUnreachable';
  }
}

/** Reads the answer's body, which nobody may have read yet. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const { status, headers } = response;
  const document = asRecord(parseJson(await response.text().catch(() => ''))); // a body that breaks off says nothing
  const retryAfter = Number(headers.get('retry-after'));
  return new ApiProblem({
    status,
    code: textOf(document?.code) ?? `HTTP_${status}`,
    title: textOf(document?.title),
    detail: textOf(document?.detail) ?? textOf(document?.title) ?? `The server answered ${status}.`,
    requestId: textOf(document?.requestId) ?? headers.get('x-request-id') ?? undefined,
    problems: Array.isArray(document?.problems) ? document.problems.flatMap(detailOf) : [],
    retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined,
    location: headers.get('location') ?? undefined,
    isDocument: document !== null,
  });
}

function detailOf(value: unknown): readonly ProblemDetail[] {
  const one = asRecord(value);
  if (one === null) return [];
  const suggestion = textOf(one.suggestion);
  const { path, code, message } = { path: textOf(one.path), code: textOf(one.code), message: textOf(one.message) };
  return [{ path: path ?? '', code: code ?? '', message: message ?? '', ...(suggestion === undefined ? {} : { suggestion }) }];
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Something in between answered: told as HTTP_<status>.
  }
}

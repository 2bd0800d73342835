/**
 * What the console knows of a call that failed. The server answers problem documents; everything else (no connection, a proxy's page, an
 * answer of another shape) becomes one of the codes below, so that pages render one kind of error.
 */
import { Problem } from '@automateos/shared/model/problem';
import { z } from 'zod';

const ProblemDocument = z.looseObject({
  title: z.string().optional(),
  code: z.string().optional(),
  detail: z.string().optional(),
  requestId: z.string().optional(),
  problems: z.array(Problem).optional().catch(undefined),
  choices: z.array(z.string()).optional().catch(undefined),
});

export type ApiFailure = {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly requestId?: string | undefined;
  readonly problems: readonly Problem[];
  readonly retryAfterSeconds?: number | undefined;
};

export class ApiError extends Error {
  readonly failure: ApiFailure;

  constructor(failure: ApiFailure, options?: { readonly cause?: unknown }) {
    super(failure.message, options);
    this.name = 'ApiError';
    this.failure = failure;
  }
}

/** The server could not be reached at all. */
export function offlineError(cause: unknown): ApiError {
  return new ApiError(
    {
      status: 0,
      code: 'OFFLINE',
      message: 'No answer from the server. Check that it runs and that this page can reach it.',
      problems: [],
    },
    { cause },
  );
}

export function shapeError(path: string, cause: unknown): ApiError {
  return new ApiError(
    {
      status: 200,
      code: 'UNEXPECTED_ANSWER',
      message: `The answer of ${path} has another shape than this console knows. Reload the page: the server may be newer.`,
      problems: [],
    },
    { cause },
  );
}

export async function answerError(response: Response): Promise<ApiError> {
  const body = ProblemDocument.safeParse(await response.json().catch(() => null));
  const known = body.success ? body.data : {};
  const retryAfter = Number(response.headers.get('retry-after'));
  return new ApiError({
    status: response.status,
    code: known.code ?? `HTTP_${response.status}`,
    message: known.detail ?? known.title ?? `The server answered ${response.status}.`,
    requestId: known.requestId ?? response.headers.get('x-request-id') ?? undefined,
    problems: known.problems ?? [],
    retryAfterSeconds: retryAfter > 0 ? retryAfter : undefined,
  });
}

export function asFailure(error: unknown): ApiFailure {
  if (error instanceof ApiError) return error.failure;
  return { status: 0, code: 'CONSOLE_FAULT', message: error instanceof Error ? error.message : String(error), problems: [] };
}

/**
 * What the console knows of a call that failed. The server answers problem documents; everything else (no connection, a proxy's page, an
 * answer of another shape) becomes one of the codes below, so that pages render one kind of error.
 */
import { ApiProblem } from '@automateos/client/api-problem';
import { Problem } from '@automateos/shared/model/problem';
import { z } from 'zod';

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

/** Of what the client throws; whatever is no answer counts as none. */
export function asApiError(cause: unknown): ApiError {
  if (cause instanceof ApiProblem) return answerError(cause);
  const message = 'No answer from the server. Check that it runs and that this page can reach it.';
  return new ApiError({ status: 0, code: 'OFFLINE', message, problems: [] }, { cause });
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

function answerError(problem: ApiProblem): ApiError {
  const { status, code, facts } = problem;
  const problems = z.array(Problem).safeParse(facts.problems);
  return new ApiError(
    {
      ...{ status, code, message: facts.detail, requestId: facts.requestId },
      problems: problems.success ? problems.data : [],
      retryAfterSeconds: facts.retryAfterSeconds,
    },
    { cause: problem },
  );
}

export function asFailure(error: unknown): ApiFailure {
  if (error instanceof ApiError) return error.failure;
  return { status: 0, code: 'CONSOLE_FAULT', message: error instanceof Error ? error.message : String(error), problems: [] };
}

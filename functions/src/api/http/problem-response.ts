/** Errors as RFC 9457 problem documents. What is no AppError is our fault: the log gets it, the client an id to quote. */
import { AppError } from '@automateos/shared/model/app-error';
import type { ErrorCode } from '@automateos/shared/model/error-catalogue';
import { isJsonObject } from '@automateos/shared/model/json';
import { Problem } from '@automateos/shared/model/problem';
import { StoreUnavailable } from '@automateos/shared/ports/document-store';
import type { Logger } from '@automateos/shared/ports/logger';
import { z } from 'zod';

export const ProblemDocument = z
  .object({
    type: z.string().describe('Names the kind of problem; the same for every problem of one code'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable, UPPER_SNAKE'),
    detail: z.string(),
    requestId: z.string(),
    problems: z.array(Problem).optional(),
  })
  .catchall(z.unknown())
  .meta({
    id: 'Problem',
    examples: [
      {
        ...{ type: 'urn:automateos:problem:NOT_FOUND', title: 'Not found', status: 404, code: 'NOT_FOUND' },
        ...{ detail: 'There is no workflow wf_none here.', requestId: 'req_4c6e8g1j3l5n7q9s2u4w6y8a' },
      },
    ],
  });
export type ProblemDocument = z.infer<typeof ProblemDocument>;

export type RenderedProblem = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemDocument;
};

export function renderProblem(error: unknown, requestId: string, logger: Logger): RenderedProblem {
  const known = asAppError(error);
  if (known.status >= 500) logger.error('request-failed', { requestId, code: known.code }, error);
  const body: ProblemDocument = {
    type: `urn:automateos:problem:${known.code}`,
    title: titleOf(known.code),
    status: known.status,
    code: known.code,
    detail: known.message,
    requestId,
    ...(known.problems === undefined ? {} : { problems: [...known.problems] }),
    ...extensionsOf(known),
  };
  return { status: known.status, headers: { 'content-type': 'application/problem+json', ...headersOf(known) }, body };
}

export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof StoreUnavailable)
    return new AppError('UNAVAILABLE', { reason: 'the store does not answer.' }, { cause: error });
  return new AppError('INTERNAL', {}, { cause: error });
}

/** Facts that a program may want without reading the sentence. */
function extensionsOf(error: AppError): Readonly<Record<string, unknown>> {
  if (error.code === 'TRIGGER_REQUIRED' || error.code === 'TRIGGER_UNKNOWN') return { choices: error.context.choices };
  if (error.code === 'VERSION_MISMATCH') return { current: error.context.current };
  return {};
}

function headersOf(error: AppError): Readonly<Record<string, string>> {
  const { retryAfterSeconds, allowed } = error.context;
  switch (error.code) {
    case 'UNAUTHENTICATED':
      return { 'www-authenticate': 'Bearer' };
    case 'RATE_LIMITED':
    case 'QUOTA_EXCEEDED':
      return {
        ...rateHeadersOf(error),
        ...(typeof retryAfterSeconds === 'number' ? { 'retry-after': String(retryAfterSeconds) } : {}),
      };
    case 'IDEMPOTENCY_BUSY':
      return { 'retry-after': '5' };
    case 'METHOD_NOT_ALLOWED':
      return typeof allowed === 'string' ? { allow: allowed } : {};
    case 'BODY_TOO_LARGE':
      return { connection: 'close' };
    default:
      return {};
  }
}

/** Of a limit on requests; other refusals with 429 have none. */
function rateHeadersOf({ context: { headers } }: AppError): Readonly<Record<string, string>> {
  if (!isJsonObject(headers)) return {};
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

function titleOf(code: ErrorCode): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

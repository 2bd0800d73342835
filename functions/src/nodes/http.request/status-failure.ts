/** A status of 400 and above as the step's failure: class, whether it is worth repeating, when, and the start of the body. */
import { StepError, type StepErrorClass } from '@automateos/shared/model/step-error';
import type { HttpResponse } from '@automateos/shared/ports/http-client';
import { decodeText, mediaType } from './parse-response.ts';

const shownBytes = 2_048;
/** No policy waits longer than this for one attempt. */
const maxRetryAfterMs = 24 * 3_600_000;

/** `response` without secrets already. */
export function statusFailure(method: string, response: Omit<HttpResponse, 'body'> & { readonly body: Buffer }): StepError {
  const { status, headers } = response;
  const retryAfterMs = parseRetryAfter(headers['retry-after'], headers.date);
  const text = decodeText(response.body.subarray(0, shownBytes), mediaType(headers['content-type']).charset);
  const failureClass = classOf(status);
  return new StepError({
    code: 'HTTP_STATUS',
    message: `${method} ${new URL(response.url).origin} answered with status ${status}.`,
    class: failureClass,
    retryable: failureClass !== 'other',
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    details: { status, body: text },
  });
}

function classOf(status: number): StepErrorClass {
  if (status === 429) return '429';
  return status >= 500 ? '5xx' : 'other';
}

/**
 * Seconds or an HTTP date. A date is measured against the answer's own Date header, so that the two clocks need not agree. Null where
 * there is nothing usable.
 */
export function parseRetryAfter(value: string | undefined, answeredAt: string | undefined): number | null {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1_000), maxRetryAfterMs);
  if (!/^[A-Za-z]{3}/.test(text)) return null;
  const until = Date.parse(text);
  const from = answeredAt === undefined ? Number.NaN : Date.parse(answeredAt);
  const wait = until - (Number.isNaN(from) ? Date.now() : from);
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), maxRetryAfterMs);
}

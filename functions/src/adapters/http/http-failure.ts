/**
 * Turns what the HTTP stack throws into the step's failure. Messages name the origin only: paths and queries may hold secrets.
 */
import { StepError } from '@automateos/shared/model/step-error';

export function timedOut(origin: string, timeoutMs: number): StepError {
  return new StepError({
    code: 'HTTP_TIMEOUT',
    message: `No complete answer from ${origin} within ${timeoutMs} ms.`,
    class: 'timeout',
  });
}

export function tooLarge(origin: string, what: string): StepError {
  return new StepError({
    code: 'RESPONSE_TOO_LARGE',
    message: `The answer of ${origin} is too large: ${what}.`,
    class: 'other',
    retryable: false,
  });
}

export function networkFailure(origin: string, reason: string, cause?: unknown): StepError {
  return new StepError(
    { code: 'HTTP_NETWORK', message: `The exchange with ${origin} failed: ${reason}.`, class: 'network' },
    { cause },
  );
}

/** The runner's own reason where it is one; it knows whether this was a timeout, a cancel or a shutdown. */
export function abortFailure(origin: string, reason: unknown): StepError {
  if (reason instanceof StepError) return reason;
  if (reason instanceof Error && reason.name === 'TimeoutError') {
    return new StepError(
      { code: 'HTTP_TIMEOUT', message: `No complete answer from ${origin} in time.`, class: 'timeout' },
      { cause: reason },
    );
  }
  return new StepError(
    { code: 'INTERRUPTED', message: `The request to ${origin} was stopped.`, class: 'other' },
    { cause: reason },
  );
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'the name does not exist',
  EAI_AGAIN: 'the name could not be resolved now',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'the connection timed out',
  EPIPE: 'the connection was closed while sending',
  UND_ERR_CONNECT_TIMEOUT: 'the connection could not be opened in time',
  UND_ERR_SOCKET: 'the connection was closed by the other side',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the body is not as long as announced',
};

export function toStepError(origin: string, error: unknown): StepError {
  if (error instanceof StepError) return error;
  const code = errorCode(error);
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW') return tooLarge(origin, 'its headers exceed 64 KiB');
  if (code.startsWith('HPE_')) return networkFailure(origin, `the answer is not valid HTTP (${code})`, error);
  if (code.startsWith('CERT_') || code.startsWith('ERR_TLS_') || /CERT|SIGNATURE/.test(code)) {
    return networkFailure(origin, `its certificate is not trusted (${code})`, error);
  }
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    const message = error instanceof Error ? error.message : 'it is not valid';
    return new StepError(
      { code: 'REQUEST_INVALID', message: `The request could not be built: ${message}.`, class: 'other', retryable: false },
      { cause: error },
    );
  }
  return networkFailure(origin, reasons[code] ?? (code === '' ? 'unknown network error' : code), error);
}

/** Of the error, else of the first error inside an AggregateError (several addresses were tried). */
function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof AggregateError ? errorCode(error.errors[0]) : '';
}

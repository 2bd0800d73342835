/** Why a stream was cut off, as clients are told: a code of the catalogue. What is no AppError is our fault: the log has it. */
import type { StreamEnd } from '@automateos/shared/model/live-event';
import type { Logger } from '@automateos/shared/ports/logger';
import { asAppError } from '../http/problem-response.ts';

export function streamEnd(logger: Logger, error: unknown): StreamEnd {
  const known = asAppError(error);
  if (known.status >= 500) logger.error('stream-failed', { code: known.code }, error);
  return { code: known.code, detail: known.message };
}

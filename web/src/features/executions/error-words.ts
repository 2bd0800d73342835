/** Titles without codes for what steps meet. The message of the server follows; the code comes last. */
import { isJsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { Failure } from '../../lib/api/step.ts';

const titles: Readonly<Record<string, string>> = {
  TIMEOUT: 'It took longer than it may',
  EXPRESSION_FAILED: 'An expression could not be computed',
  PARAMS_INVALID: 'A setting of this step does not fit',
  OUTPUT_TOO_LARGE: 'The result is larger than a step may hold',
  CRASHED: 'The worker stopped five times while running this step',
  INTERRUPTED: 'The worker stopped while this step ran',
  NODE_FAILED: 'The step could not finish',
  SCRIPT_FAILED: 'The script stopped with an error',
  HTTP_NETWORK: 'The other side could not be reached',
  HTTP_TIMEOUT: 'The other side did not answer in time',
  RESPONSE_TOO_LARGE: 'The answer is larger than this step takes',
  RESPONSE_INVALID: 'The answer does not have the form this step expects',
  REQUEST_INVALID: 'This request cannot be sent',
  URL_INVALID: 'This address is not an address',
  TOO_MANY_REDIRECTS: 'The other side kept sending the request elsewhere',
  SCRIPT_TIMEOUT: 'The script ran longer than it may',
  SCRIPT_MEMORY: 'The script used more memory than it may',
  SCRIPT_OUTPUT_TOO_LARGE: 'The script returned more than a step may hold',
  EXPRESSION_TIMEOUT: 'An expression took too long',
  EXPRESSION_MEMORY: 'An expression used more memory than it may',
  ITERATION_LIMIT: 'The loop reached its limit of rounds',
  CREDENTIAL_NOT_FOUND: 'The credential of this step does not exist',
  EGRESS_REFUSED: 'This address may not be reached from here',
  NETWORK: 'The other side could not be reached',
};

export function errorTitle(failure: Failure, stepTitle: string): string {
  const status = statusOf(failure.details);
  if (status !== null) return `The other side answered ${status}`;
  if (failure.class === 'network') return 'The other side could not be reached';
  if (failure.class === 'timeout') return titles.TIMEOUT ?? '';
  return titles[failure.code] ?? `${stepTitle} failed`;
}

/** Whether the same try may pass later without a change. */
export function mayPassLater(failure: Failure): boolean {
  if (failure.class === 'network' || failure.class === 'timeout' || failure.class === '429' || failure.class === '5xx')
    return true;
  return failure.code === 'CRASHED' || failure.code === 'INTERRUPTED';
}

function statusOf(details: JsonValue | undefined): number | null {
  return isJsonObject(details) && typeof details.status === 'number' ? details.status : null;
}

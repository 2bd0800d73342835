/** The failures that http.request itself tells; those of the exchange come from the client. */
import { StepError } from '@automateos/shared/model/step-error';

export function invalidParams(message: string): StepError {
  return new StepError({ code: 'PARAMS_INVALID', message, class: 'other', retryable: false });
}

/** The answer came, but is not what the step needs. The same request would get the same answer. */
export function invalidResponse(message: string): StepError {
  return new StepError({ code: 'RESPONSE_INVALID', message, class: 'other', retryable: false });
}

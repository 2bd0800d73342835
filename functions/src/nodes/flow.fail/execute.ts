import { StepError } from '@automateos/shared/model/step-error';
import type { Evaluate } from '@automateos/shared/ports/node-runtime';

/** Deliberate, so no retry policy repeats it. */
export const evaluate: Evaluate = ({ params }) => {
  throw new StepError({ code: String(params.code ?? 'FAILED'), message: String(params.message ?? ''), retryable: false });
};

/**
 * The error of a step, as it stands in the journal. `code` is stable and documented; `class` is what retry policies look at.
 */
import { z } from 'zod';
import { Json } from './json.ts';

export const StepErrorClass = z.enum(['network', '429', '5xx', 'timeout', 'other']);
export type StepErrorClass = z.infer<typeof StepErrorClass>;

export const StepFailure = z.object({
  /** UPPER_SNAKE: HTTP_STATUS, EXPRESSION_FAILED, TIMEOUT, CRASHED, INTERRUPTED, PARAMS_INVALID, OUTPUT_TOO_LARGE, ... */
  code: z.string(),
  message: z.string(),
  class: StepErrorClass.default('other'),
  /** False: no retry policy may repeat it. */
  retryable: z.boolean().default(true),
  /** The other side asked to wait (Retry-After), milliseconds. */
  retryAfterMs: z.number().int().nonnegative().optional(),
  details: Json.optional(),
});
export type StepFailure = z.infer<typeof StepFailure>;

/** What node types throw. Anything else that they throw becomes NODE_FAILED with its message. */
export class StepError extends Error {
  readonly failure: StepFailure;

  constructor(failure: z.input<typeof StepFailure>, options?: { readonly cause?: unknown }) {
    super(failure.message, options);
    this.name = 'StepError';
    this.failure = StepFailure.parse(failure);
  }
}

/** What came of one attempt of an effectful step. */
import type { StepFailure } from '@automateos/shared/model/step-error';
import type { StepResult } from '@automateos/shared/ports/node-runtime';

export type Executed =
  | { readonly kind: 'done'; readonly result: StepResult; readonly logs: readonly string[] }
  | { readonly kind: 'failed'; readonly failure: StepFailure; readonly logs: readonly string[] }
  /** Cut short because the execution is being stopped: whether it took effect is not known, and its outcome is not recorded. */
  | { readonly kind: 'aborted' }
  /** Another worker holds the branch: nothing of this attempt may be recorded. */
  | { readonly kind: 'lost' };

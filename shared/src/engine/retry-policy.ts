/** When a failed attempt is tried again, and after how long. Pure: the random number is the caller's. */
import type { RetryPolicy } from '../model/definition.ts';
import type { StepFailure } from '../model/step-error.ts';

/** Retry-After is honoured up to this; a longer one waits this long and asks again. */
const longestRetryAfterMs = 86_400_000;

/** Milliseconds until the next attempt, or null when there is none. `random` in [0, 1) spreads the pause over its upper half. */
export function retryDelayMs(policy: RetryPolicy, attempt: number, failure: StepFailure, random: number): number | null {
  if (!failure.retryable || attempt >= policy.maxAttempts) return null;
  const covered = policy.on.includes('any') || policy.on.some((cause) => cause === failure.class);
  if (!covered) return null;
  const backoff = Math.min(policy.maxMs, policy.initialMs * policy.factor ** (attempt - 1));
  const spread = policy.jitter ? backoff * (0.5 + random / 2) : backoff;
  return Math.max(Math.round(spread), Math.min(failure.retryAfterMs ?? 0, longestRetryAfterMs));
}

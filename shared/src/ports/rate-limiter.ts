/**
 * Counts requests in windows. A limiter writes nothing to the store: what it knows is what this process has seen, so
 * `n` processes let through up to `n` times the limit. Limits that must hold over all processes are quotas, and are kept in the store.
 */
export type RateRule = {
  /** What is counted: `key`, `organization`, `address`, ... Names the policy in headers; its keys are apart from those of other rules. */
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
};

export type RateCount = {
  readonly allowed: boolean;
  /** Requests left in this window; 0 when it is used up. */
  readonly remaining: number;
  /** Until the window ends and the count starts anew. */
  readonly resetMs: number;
};

export interface RateLimiter {
  /** Counts one request of `key`; those that are refused count too. */
  take(rule: RateRule, key: string): Promise<RateCount>;
  /** Whether the next one would be let through; counts nothing. */
  peek(rule: RateRule, key: string): Promise<RateCount>;
}

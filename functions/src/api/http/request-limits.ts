/**
 * How many requests a minute each caller may make: per API key or user, per organization, per address for routes that need nobody and for
 * refused credentials, per workflow for webhooks. A caller that is over a limit is refused before anything is read for it.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Principal } from '@automateos/shared/model/principal';
import type { RateCount, RateLimiter, RateRule } from '@automateos/shared/ports/rate-limiter';
import { clientNetwork } from '../../app/auth/client-network.ts';

/** Requests a minute; 0 = no limit. */
export type RequestRates = {
  readonly key: number;
  readonly organization: number;
  readonly address: number;
  readonly webhook: number;
};

export type RateHeaders = Readonly<Record<string, string>>;

/** Each throws RATE_LIMITED with the headers in its context, and else answers the headers of the tightest limit. */
export type RequestLimits = {
  /** Of somebody who is known. */
  ofPrincipal(principal: Principal): Promise<RateHeaders>;
  /** Of somebody who is known, for what is their own and no organization's. */
  ofAccount(userId: string): Promise<RateHeaders>;
  /** Of a route that needs nobody. */
  ofAddress(address: string): Promise<RateHeaders>;
  /** Before credentials are looked up: has this address had too many refused? */
  beforeCredentials(address: string): Promise<void>;
  refusedCredentials(address: string): Promise<void>;
  ofWebhook(workflowId: string): Promise<RateHeaders>;
};

const windowMs = 60_000;

export function createRequestLimits(limiter: RateLimiter, rates: RequestRates): RequestLimits {
  const rule = (name: string, limit: number): RateRule => ({ name, limit, windowMs });
  const rules = {
    key: rule('key', rates.key),
    organization: rule('organization', rates.organization),
    address: rule('address', rates.address),
    refused: rule('refused', rates.address),
    workflow: rule('webhook', rates.webhook),
  };
  const take = (asked: readonly (readonly [RateRule, string])[]) => takeAll(limiter, asked);
  return {
    ofPrincipal: (principal) =>
      take([
        [rules.key, callerOf(principal)],
        [rules.organization, principal.org],
      ]),
    ofAccount: (userId) => take([[rules.key, userId]]),
    ofAddress: (address) => take([[rules.address, clientNetwork(address)]]),
    async beforeCredentials(address) {
      if (rules.refused.limit === 0) return;
      const count = await limiter.peek(rules.refused, clientNetwork(address));
      if (!count.allowed) throw limited(rules.refused, count);
    },
    async refusedCredentials(address) {
      if (rules.refused.limit > 0) await limiter.take(rules.refused, clientNetwork(address));
    },
    ofWebhook: (workflowId) => take([[rules.workflow, workflowId.slice(0, 128)]]),
  };
}

/** An API key counts for itself, all sessions of a user in an organization count together. */
function callerOf(principal: Principal): string {
  return principal.keyId ?? `${principal.org}/${principal.userId}`;
}

async function takeAll(limiter: RateLimiter, asked: readonly (readonly [RateRule, string])[]): Promise<RateHeaders> {
  let tightest: { readonly rule: RateRule; readonly count: RateCount } | null = null;
  for (const [rule, key] of asked) {
    if (rule.limit === 0) continue;
    const count = await limiter.take(rule, key);
    if (!count.allowed) throw limited(rule, count);
    if (tightest === null || count.remaining < tightest.count.remaining) tightest = { rule, count };
  }
  return tightest === null ? {} : headersOf(tightest.rule, tightest.count);
}

function limited(rule: RateRule, count: RateCount): AppError {
  return new AppError('RATE_LIMITED', { retryAfterSeconds: seconds(count.resetMs), headers: headersOf(rule, count) });
}

/** The fields of draft-ietf-httpapi-ratelimit-headers-10, and the three of its first revisions that most clients read. */
function headersOf(rule: RateRule, { remaining, resetMs }: RateCount): RateHeaders {
  const reset = seconds(resetMs);
  return {
    'ratelimit-policy': `"${rule.name}";q=${rule.limit};w=${rule.windowMs / 1_000}`,
    ratelimit: `"${rule.name}";r=${remaining};t=${reset}`,
    'ratelimit-limit': String(rule.limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(reset),
  };
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}

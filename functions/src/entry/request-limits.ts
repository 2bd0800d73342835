/** Limits on requests by the configuration; the limiter is loaded only where something is limited. */
import { createRequestLimits, type RequestLimits, type RequestRates } from '../api/http/request-limits.ts';

export async function requestLimits(rates: RequestRates): Promise<RequestLimits | undefined> {
  if (Object.values(rates).every((rate) => rate === 0)) return undefined;
  const { createMemoryRateLimiter } = await import('../adapters/rate-limit/memory-rate-limiter.ts');
  return createRequestLimits(createMemoryRateLimiter(), rates);
}

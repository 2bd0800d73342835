/** A bucket of messages: `burst` at once, `perSecond` in the long run. */
import type { Clock } from '@automateos/shared/ports/clock';

/** True for a message that fits. */
export function createMessageRate(
  clock: Clock,
  { burst, perSecond }: { readonly burst: number; readonly perSecond: number },
): () => boolean {
  let left = burst;
  let at = clock.now();
  return () => {
    const now = clock.now();
    left = Math.min(burst, left + ((now - at) * perSecond) / 1_000);
    at = now;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}

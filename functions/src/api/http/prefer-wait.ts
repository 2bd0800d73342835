/** Below the minute after which proxies, Firebase Hosting among them, end a request. */
const longestSeconds = 50;

/** Milliseconds of `Prefer: wait=N` (RFC 7240), at most 50 s; null without it. What cannot be understood is ignored, as the RFC says. */
export function preferredWaitMs(prefer: string | null): number | null {
  const seconds = /(?:^|,)\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:$|[,;])/i.exec(prefer ?? '')?.[1];
  return seconds === undefined ? null : Math.min(Number(seconds), longestSeconds) * 1000;
}

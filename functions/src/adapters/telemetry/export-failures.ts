/** How failed exports are told. Knows nothing of OpenTelemetry, which a process that exports nothing must not load. */
export type OnExportFailure = (signal: 'traces' | 'metrics', reason: string) => void;

/** At most one line a minute for each signal: a collector that is down must not fill the log. */
export function atMostOncePerMinute(now: () => number, tell: OnExportFailure): OnExportFailure {
  const lastAt = new Map<string, number>();
  return (signal, reason) => {
    if (now() - (lastAt.get(signal) ?? Number.NEGATIVE_INFINITY) < 60_000) return;
    lastAt.set(signal, now());
    tell(signal, reason.slice(0, 200));
  };
}

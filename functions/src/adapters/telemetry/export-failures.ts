/** Exports that fail are told to whoever logs, and are otherwise without consequence. */
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';

export type OnExportFailure = (signal: 'traces' | 'metrics', reason: string) => void;

type Exporter<T> = { export(items: T, done: (result: ExportResult) => void): void };

/** The same exporter, whose failures are told. */
export function watched<T, E extends Exporter<T>>(
  exporter: E & Exporter<T>,
  signal: 'traces' | 'metrics',
  onFailure: OnExportFailure,
): E {
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) =>
    send(items, (result) => {
      if (result.code === ExportResultCode.FAILED) onFailure(signal, result.error?.message ?? 'unknown');
      done(result);
    });
  return exporter;
}

/** At most one line a minute for each signal: a collector that is down must not fill the log. */
export function atMostOncePerMinute(now: () => number, tell: OnExportFailure): OnExportFailure {
  const lastAt = new Map<string, number>();
  return (signal, reason) => {
    if (now() - (lastAt.get(signal) ?? Number.NEGATIVE_INFINITY) < 60_000) return;
    lastAt.set(signal, now());
    tell(signal, reason.slice(0, 200));
  };
}

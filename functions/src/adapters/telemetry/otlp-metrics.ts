/** Pushes the tally to an OTLP endpoint, at intervals and when asked to. */
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import type { Resource } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { OnExportFailure } from './export-failures.ts';
import { resourceMetrics } from './metric-data.ts';
import type { Destination } from './otlp-destination.ts';
import type { Tally } from './tally.ts';
import { watched } from './watch-exporter.ts';

export type MetricPush = {
  /** Exports now, if the last export is an interval old: an idle function's timer does not run. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

export type MetricPushOptions = {
  readonly tally: Tally;
  readonly destination: Destination;
  readonly resource: Resource;
  readonly intervalMs: number;
  readonly startedAt: number;
  readonly now: () => number;
  readonly onFailure: OnExportFailure;
};

const timeoutMs = 5_000;

export function pushMetrics(options: MetricPushOptions): MetricPush {
  const { tally, destination, resource, startedAt, now, intervalMs } = options;
  let lastAt = startedAt;
  const collect = async () => {
    lastAt = now();
    return { resourceMetrics: resourceMetrics({ tallied: tally.collect(), resource, startedAt, now: lastAt }), errors: [] };
  };
  const exporter = new OTLPMetricExporter({ ...destination, timeoutMillis: timeoutMs });
  const reader = new PeriodicExportingMetricReader({
    exporter: watched(exporter, 'metrics', options.onFailure),
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: Math.min(timeoutMs, intervalMs),
    metricProducers: [{ collect }],
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  return {
    flush: async () => (now() - lastAt >= intervalMs ? provider.forceFlush() : undefined),
    close: () => provider.shutdown(),
  };
}

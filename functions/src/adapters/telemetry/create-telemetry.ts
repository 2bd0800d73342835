/**
 * The telemetry of a process: metrics are tallied unless they are off; spans exist only where they are sent somewhere. OpenTelemetry is
 * loaded here, piece by piece, when it is needed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { noTelemetry, type Telemetry } from '@automateos/shared/ports/telemetry';
import { atMostOncePerMinute, type OnExportFailure } from './export-failures.ts';
import type { Destination } from './otlp-destination.ts';
import { createTally } from './tally.ts';

export type TelemetryOptions = {
  readonly service: { readonly name: string; readonly version: string; readonly instance: string };
  /** Metrics are counted: for a scrape, for `metricsTo`. */
  readonly metering: boolean;
  readonly tracesTo?: Destination | undefined;
  readonly metricsTo?: Destination | undefined;
  /** Share of root spans that are sent, 0 to 1. */
  readonly sampleRatio: number;
  readonly metricsIntervalMs: number;
  readonly now: () => number;
  readonly onExportFailure: OnExportFailure;
};

export type ProcessTelemetry = Telemetry & {
  /** All metrics in Prometheus's text format. */
  prometheus(): Promise<string>;
  /** Delivers what is left, within two seconds. */
  close(): Promise<void>;
};

const closeMs = 2_000;
/** A function's answer waits for its spans, but not long, and not again and again for a collector that does not answer. */
const flushMs = 1_000;
const quietMs = 30_000;

export async function createTelemetry(options: TelemetryOptions): Promise<ProcessTelemetry> {
  const { tracesTo, metricsTo, now } = options;
  const startedAt = now();
  const metering = options.metering || metricsTo !== undefined;
  const tally = createTally();
  const onFailure = atMostOncePerMinute(now, options.onExportFailure);
  const resource = once(async () => (await import('./resource.ts')).describeProcess(options.service));
  const spans = tracesTo && (await openSpans(options, tracesTo, await resource(), onFailure));
  const push =
    metricsTo &&
    (await import('./otlp-metrics.ts')).pushMetrics({
      ...{ tally, startedAt, now, onFailure, destination: metricsTo },
      ...{ resource: await resource(), intervalMs: options.metricsIntervalMs },
    });
  /** False when it took too long. A failed export has been told by its exporter. */
  const within = (ms: number, work: readonly (Promise<void> | undefined)[]): Promise<boolean> =>
    Promise.race([Promise.allSettled(work).then(() => true), sleep(ms, false, { ref: false })]);
  let quietUntil = 0;
  return {
    ...noTelemetry,
    ...(spans ? { startSpan: spans.startSpan, within: spans.within, current: spans.current } : {}),
    ...(metering ? tally : {}),
    tracing: spans !== undefined,
    metering,
    flush: inTurn(async () => {
      if (now() < quietUntil) return;
      if (!(await within(flushMs, [spans?.flush(), push?.flush()]))) quietUntil = now() + quietMs;
    }),
    async prometheus() {
      const { prometheusText } = await import('./prometheus-text.ts');
      return prometheusText({ tallied: tally.collect(), resource: await resource(), startedAt, now: now() });
    },
    async close() {
      // a collector that does not answer must not hold up the end of the process
      if (await within(closeMs, [spans?.close(), push?.close()])) return;
      onFailure(spans ? 'traces' : 'metrics', 'what was left could not be delivered before the end of the process');
    },
  };
}

async function openSpans(
  { sampleRatio }: TelemetryOptions,
  tracesTo: Destination,
  resource: Awaited<ReturnType<typeof import('./resource.ts').describeProcess>>,
  onFailure: OnExportFailure,
) {
  const [{ createSpans }, { OTLPTraceExporter }] = await Promise.all([
    import('./otel-spans.ts'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const exporter = new OTLPTraceExporter({ ...tracesTo, timeoutMillis: 5_000 });
  return createSpans({ exporter, resource, sampleRatio, onFailure });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Of calls that come while one is under way, all share the next: what was recorded before a call is delivered when it resolves. */
function inTurn(work: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const start = (): Promise<void> => {
    next = null;
    const run = work().finally(() => {
      if (underWay === run) underWay = null;
    });
    underWay = run;
    return run;
  };
  return () => {
    if (!underWay) return start();
    next ??= underWay.then(start);
    return next;
  };
}

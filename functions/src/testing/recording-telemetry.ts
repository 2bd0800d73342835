/** Telemetry that keeps what it is given: the shipping adapters, with an exporter in memory. One for each process of a test. */
import type { Attributes, Telemetry } from '@automateos/shared/ports/telemetry';
import { emptyResource } from '@opentelemetry/resources';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import { createSpans } from '../adapters/telemetry/otel-spans.ts';
import { prometheusText } from '../adapters/telemetry/prometheus-text.ts';
import { createTally } from '../adapters/telemetry/tally.ts';

export type RecordedSpan = {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly attributes: Attributes;
  /** Span ids. */
  readonly links: readonly string[];
  /** Why it failed; undefined when it did not. */
  readonly failed: string | undefined;
  readonly startedAt: number;
};

export type RecordingTelemetry = Telemetry & {
  /** Ended ones, in order of their end. */
  spans(): Promise<readonly RecordedSpan[]>;
  /** Everything that an exporter of spans would send, as text. */
  exported(): Promise<string>;
  prometheus(): string;
};

export function createRecordingTelemetry(options: { readonly sampleRatio?: number } = {}): RecordingTelemetry {
  const exporter = new InMemorySpanExporter();
  const { sampleRatio = 1 } = options;
  const spans = createSpans({ exporter, resource: emptyResource(), sampleRatio, onFailure: () => {} });
  const tally = createTally();
  const finished = async () => {
    await spans.flush();
    return exporter.getFinishedSpans();
  };
  return {
    ...tally,
    ...spans,
    tracing: true,
    metering: true,
    spans: async () =>
      (await finished()).map((span) => ({
        name: span.name,
        traceId: span.spanContext().traceId,
        spanId: span.spanContext().spanId,
        parentId: span.parentSpanContext?.spanId,
        attributes: span.attributes as Attributes, // the port takes no others
        links: span.links.map(({ context }) => context.spanId),
        failed: span.status.code === 2 ? (span.status.message ?? '') : undefined,
        startedAt: span.startTime[0] * 1_000 + span.startTime[1] / 1e6,
      })),
    exported: async () =>
      JSON.stringify(
        (await finished()).map(({ name, attributes, links, events, status, resource }) => ({
          ...{ name, attributes, links, events, status },
          resource: resource.attributes,
        })),
      ),
    prometheus: () => prometheusText({ tallied: tally.collect(), resource: emptyResource(), startedAt: 0, now: 1_000 }),
  };
}

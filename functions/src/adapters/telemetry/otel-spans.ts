/**
 * Spans on OpenTelemetry's SDK, batched. Nothing global is registered: two Apps in one process trace apart from each other, and no
 * library is instrumented behind our back. The current span follows asynchronous work by AsyncLocalStorage.
 *
 * A root span is sampled by the given share of trace ids; everything below follows its root, in whichever process.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { formatTraceparent, parseTraceparent } from '@automateos/shared/model/traceparent';
import type { Span, SpanOptions, Telemetry } from '@automateos/shared/ports/telemetry';
import { type Context, type Link, ROOT_CONTEXT, type SpanContext, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { OnExportFailure } from './export-failures.ts';
import { watched } from './watch-exporter.ts';

export type Spans = Pick<Telemetry, 'startSpan' | 'within' | 'current'> & { flush(): Promise<void>; close(): Promise<void> };

export type SpansOptions = {
  readonly exporter: SpanExporter;
  readonly resource: Resource;
  /** 0 to 1. */
  readonly sampleRatio: number;
  readonly onFailure: OnExportFailure;
};

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

export function createSpans({ exporter, resource, sampleRatio, onFailure }: SpansOptions): Spans {
  const provider = new BasicTracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    spanLimits: { attributeValueLengthLimit: 256, attributeCountLimit: 32, linkCountLimit: 32 },
    // a burst of short steps must not outrun the exporter's pace at once
    spanProcessors: [
      new BatchSpanProcessor(watched(exporter, 'traces', onFailure), { maxQueueSize: 16_384, exportTimeoutMillis: 5_000 }),
    ],
  });
  const tracer = provider.getTracer('automateos');
  const active = new AsyncLocalStorage<Span>();

  function startSpan(name: string, options: SpanOptions = {}): Span {
    const { kind = 'internal', attributes = {} } = options;
    const parent = options.parent === undefined ? active.getStore()?.traceparent : options.parent;
    const links = (options.links ?? []).flatMap(linkTo);
    return wrap(tracer.startSpan(name, { kind: kinds[kind], attributes, links }, contextOf(parent)));
  }

  return {
    startSpan,
    within: (span, work) => active.run(span, work),
    current: () => active.getStore()?.traceparent,
    flush: () => provider.forceFlush(),
    close: () => provider.shutdown(),
  };
}

function contextOf(traceparent: string | null | undefined): Context {
  const parent = spanContext(traceparent);
  return parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

function linkTo(traceparent: string | undefined): Link[] {
  const context = spanContext(traceparent);
  return context ? [{ context }] : [];
}

function spanContext(traceparent: string | null | undefined): SpanContext | null {
  const ids = parseTraceparent(traceparent);
  return ids && { traceId: ids.traceId, spanId: ids.spanId, traceFlags: ids.sampled ? 1 : 0, isRemote: true };
}

function wrap(span: ReturnType<ReturnType<BasicTracerProvider['getTracer']>['startSpan']>): Span {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: formatTraceparent({ traceId, spanId, sampled: (traceFlags & 1) === 1 }),
    set: (attributes) => void span.setAttributes(attributes),
    fail: (reason) => void span.setStatus({ code: SpanStatusCode.ERROR, message: reason }),
    end: () => span.end(),
  };
}

/**
 * Traces and metrics. Nothing here decides anything and nothing waits for it: a failure to record or to export is never a failure of the
 * work. Attributes and labels hold ids, types, counts and outcomes: never params, outputs, secrets or text that a tenant wrote.
 *
 * `tracing` and `metering` say whether anybody listens. Callers on hot paths ask them first and then make no object at all.
 */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** An instrument as data; adapters make it on first use. Names are OpenTelemetry's: dots, no unit at the end. */
export type Metric = {
  readonly name: string;
  /** A gauge, and a counter that somebody else counts, is read when it is collected: `observe`. */
  readonly kind: 'counter' | 'histogram' | 'gauge';
  /** UCUM: `s`, `By`, or what is counted: `{branch}`. */
  readonly unit: string;
  readonly description: string;
  readonly labels: readonly string[];
  /** Histograms: upper bounds, ascending, in `unit`. */
  readonly buckets?: readonly number[];
};

export type Observation = { readonly value: number; readonly labels?: Attributes };

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export type SpanOptions = {
  readonly kind?: SpanKind;
  /**
   * W3C traceparent of the span above it; null = a new trace. Absent: the span that is current, else a new trace. A malformed one
   * counts as null.
   */
  readonly parent?: string | null | undefined;
  /** Traceparents of spans that led to this one without being above it. Malformed ones are left out. */
  readonly links?: readonly (string | undefined)[];
  readonly attributes?: Attributes;
};

export interface Span {
  /** W3C traceparent, for whoever goes on elsewhere. */
  readonly traceparent: string;
  set(attributes: Attributes): void;
  /** Ended badly; `reason` is a code of ours, never a message. */
  fail(reason: string): void;
  /** Once. */
  end(): void;
}

export interface Telemetry {
  readonly tracing: boolean;
  readonly metering: boolean;
  startSpan(name: string, options?: SpanOptions): Span;
  /** While `work` runs, and in whatever it awaits, `span` is the current one. */
  within<T>(span: Span, work: () => T): T;
  /** Traceparent of the current span; undefined where there is none. */
  current(): string | undefined;
  /** Adds to a counter. */
  add(metric: Metric, value: number, labels?: Attributes): void;
  /** One value of a histogram. */
  record(metric: Metric, value: number, labels?: Attributes): void;
  /** `read` is called when metrics are collected; for a counter it answers the total so far. */
  observe(metric: Metric, read: () => readonly Observation[]): void;
  /**
   * Delivers what is recorded, or gives up after a second; never rejects. A function whose CPU is taken away after its answer awaits
   * it before it answers.
   */
  flush(): Promise<void>;
}

const nothing: Span = { traceparent: '', set() {}, fail() {}, end() {} };

/** Nobody listens: no call allocates. */
export const noTelemetry: Telemetry = {
  tracing: false,
  metering: false,
  startSpan: () => nothing,
  within: (_span, work) => work(),
  current: () => undefined,
  add() {},
  record() {},
  observe() {},
  flush: () => Promise.resolve(),
};

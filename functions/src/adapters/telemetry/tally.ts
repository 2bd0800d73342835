/**
 * Metrics counted in this process: an addition in a map, no library. OpenTelemetry is loaded when somebody asks for them (a scrape, an
 * export), so that a server which nobody watches starts no slower and holds no more. Totals since the start of the process.
 *
 * Only labels that the metric names are kept, and at most 2,000 series of a metric; what is beyond is counted in one series of its own.
 */
import type { Attributes, Metric, Observation, Telemetry } from '@automateos/shared/ports/telemetry';

const seriesLimit = 2_000;
const beyond: Attributes = { 'otel.metric.overflow': true };

export type Distribution = {
  /** One more than the metric has buckets: the last is above all of them. */
  readonly counts: number[];
  sum: number;
  count: number;
};

export type Point = { readonly labels: Attributes; readonly value: number | Distribution };

export type Tallied = { readonly metric: Metric; readonly points: readonly Point[] };

export type Tally = Pick<Telemetry, 'add' | 'record' | 'observe'> & { collect(): readonly Tallied[] };

type Series<T> = Map<string, { readonly labels: Attributes; value: T }>;

export function createTally(): Tally {
  const sums = new Map<Metric, Series<number>>();
  const distributions = new Map<Metric, Series<Distribution>>();
  const readers = new Map<Metric, (() => readonly Observation[])[]>();

  return {
    add(metric, value, labels) {
      seriesOf(sums, metric, labels, zero).value += value;
    },
    record(metric, value, labels) {
      const bounds = metric.buckets ?? [];
      const into = seriesOf(distributions, metric, labels, () => emptyDistribution(bounds.length)).value;
      let bucket = 0;
      while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1;
      into.counts[bucket] = (into.counts[bucket] ?? 0) + 1;
      into.sum += value;
      into.count += 1;
    },
    observe(metric, read) {
      readers.set(metric, [...(readers.get(metric) ?? []), read]);
    },
    collect: () => [
      ...[...sums, ...distributions].map(([metric, series]) => ({ metric, points: [...series.values()] })),
      ...[...readers].map(([metric, reads]) => ({ metric, points: reads.flatMap((read) => read().map(pointOf)) })),
    ],
  };
}

const zero = (): number => 0;

function emptyDistribution(buckets: number): Distribution {
  return { counts: new Array<number>(buckets + 1).fill(0), sum: 0, count: 0 };
}

function pointOf({ value, labels }: Observation): Point {
  return { value, labels: labels ?? {} };
}

function seriesOf<T>(all: Map<Metric, Series<T>>, metric: Metric, labels: Attributes | undefined, start: () => T): { value: T } {
  let series = all.get(metric);
  if (!series) {
    series = new Map();
    all.set(metric, series);
  }
  let key = '';
  if (labels) for (const name of metric.labels) key += `${labels[name] ?? ''}\u0000`;
  const known = series.get(key);
  if (known) return known;
  const full = series.size >= seriesLimit;
  if (full) {
    const rest = series.get('beyond');
    if (rest) return rest;
  }
  const made = { labels: full ? beyond : only(metric, labels), value: start() };
  series.set(full ? 'beyond' : key, made);
  return made;
}

function only(metric: Metric, labels: Attributes = {}): Attributes {
  return Object.fromEntries(
    metric.labels.flatMap((name) => {
      const value = labels[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

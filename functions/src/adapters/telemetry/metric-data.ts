/** What the tally has counted, as OpenTelemetry's metric data: for its Prometheus text and its OTLP exporter alike. */
import { type HrTime, ValueType } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { Distribution, Point, Tallied } from './tally.ts';

export type Collected = {
  readonly tallied: readonly Tallied[];
  readonly resource: Resource;
  /** Epoch ms of the process's start and of this collection. */
  readonly startedAt: number;
  readonly now: number;
};

export function resourceMetrics(collected: Collected): ResourceMetrics {
  const times = { startTime: hrTime(collected.startedAt), endTime: hrTime(collected.now) };
  const metrics = collected.tallied.filter(({ points }) => points.length > 0).map((each) => metricData(each, times));
  return { resource: collected.resource, scopeMetrics: [{ scope: { name: 'automateos' }, metrics }] };
}

type Times = { readonly startTime: HrTime; readonly endTime: HrTime };

function metricData({ metric, points }: Tallied, times: Times): MetricData {
  const { name, description, unit } = metric;
  const common = {
    descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  switch (metric.kind) {
    case 'counter':
      return { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: numbers(points, times) };
    case 'gauge':
      return { ...common, dataPointType: DataPointType.GAUGE, dataPoints: numbers(points, times) };
    case 'histogram':
      return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints: histograms(points, times, metric.buckets ?? []) };
  }
}

function numbers(points: readonly Point[], times: Times): DataPoint<number>[] {
  return points.map(({ labels, value }) => ({
    ...times,
    attributes: { ...labels },
    value: typeof value === 'number' ? value : value.count,
  }));
}

function histograms(points: readonly Point[], times: Times, boundaries: readonly number[]): DataPoint<Histogram>[] {
  return points.flatMap(({ labels, value }) =>
    typeof value === 'number' ? [] : [{ ...times, attributes: { ...labels }, value: histogram(value, boundaries) }],
  );
}

/** Copied: an export under way must not see what is counted meanwhile. */
function histogram({ counts, sum, count }: Distribution, boundaries: readonly number[]): Histogram {
  return { buckets: { boundaries: [...boundaries], counts: [...counts] }, sum, count };
}

function hrTime(epochMs: number): HrTime {
  return [Math.floor(epochMs / 1_000), (epochMs % 1_000) * 1_000_000];
}

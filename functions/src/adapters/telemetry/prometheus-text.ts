/** Metrics in Prometheus's text format 0.0.4. Units go into the names, as Prometheus wants them: `automateos_step_duration_seconds`. */
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { type Collected, resourceMetrics } from './metric-data.ts';

export function prometheusText(collected: Collected): string {
  const tallied = collected.tallied.map(({ metric, points }) => ({
    points,
    metric: { ...metric, unit: '', name: metric.unit === 's' ? `${metric.name}.seconds` : metric.name },
  }));
  return new PrometheusSerializer(undefined, false, undefined, false, true).serialize(resourceMetrics({ ...collected, tallied }));
}

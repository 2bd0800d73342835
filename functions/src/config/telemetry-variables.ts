/**
 * Where traces and metrics go, by OpenTelemetry's own variables. Its SDK reads further ones itself: OTEL_SERVICE_NAME,
 * OTEL_RESOURCE_ATTRIBUTES, OTEL_EXPORTER_OTLP_COMPRESSION, _CERTIFICATE, _CLIENT_KEY and _CLIENT_CERTIFICATE.
 */
import { z } from 'zod';
import { count, httpUrl } from './variable-kinds.ts';

const ratio = z
  .string()
  .regex(/^(0|1|0?\.\d{1,9}|1\.0+|0\.0+)$/, 'is a number from 0 to 1')
  .transform(Number);

/** `k1=v1,k2=v2`, values percent-encoded. */
const headers = z
  .string()
  .regex(/^\s*[\w.-]+\s*=[^,\r\n]*(,\s*[\w.-]+\s*=[^,\r\n]*)*$/, 'is a list of name=value, separated by commas')
  .transform((text) => Object.fromEntries(text.split(',').map(pair)));

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at).trim().toLowerCase(), decoded(text.slice(at + 1).trim())];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray percent sign: meant as it is
  }
}

/** The share of root spans that are sent when the variable is unset. */
export const telemetryVariables = (sampled: number) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: headers.optional(),
  OTEL_TRACES_SAMPLER_ARG: ratio.default(sampled),
  OTEL_METRIC_EXPORT_INTERVAL: count(1_000, 3_600_000).default(60_000),
});

type TelemetryConfig = {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_METRICS_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_HEADERS?: Readonly<Record<string, string>> | undefined;
};

export type OtlpDestinations = Partial<Record<'tracesTo' | 'metricsTo', { url: string; headers: Record<string, string> }>>;

/** A signal's own endpoint is taken as it is; the common one gets the signal's path, as the OTLP specification says. */
export function otlpDestinations(config: TelemetryConfig): OtlpDestinations {
  const common = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  const given = { ...config.OTEL_EXPORTER_OTLP_HEADERS };
  const traces = config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (common && `${common}/v1/traces`);
  const metrics = config.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT ?? (common && `${common}/v1/metrics`);
  return {
    ...(traces === undefined ? {} : { tracesTo: { url: traces, headers: given } }),
    ...(metrics === undefined ? {} : { metricsTo: { url: metrics, headers: given } }),
  };
}

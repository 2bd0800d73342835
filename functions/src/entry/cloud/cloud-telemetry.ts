/** Logs, traces and metrics of a function: lines for Cloud Logging, and OTLP where the configuration names an endpoint. */
import { createCloudLogger } from '../../adapters/gcp/cloud-logger.ts';
import { googleTelemetryHeaders, isGoogleTelemetry } from '../../adapters/gcp/metadata-token.ts';
import { createTelemetry } from '../../adapters/telemetry/create-telemetry.ts';
import type { CloudConfig } from '../../config/cloud-config.ts';
import { otlpDestinations } from '../../config/telemetry-variables.ts';

type Observed = { readonly name: string; readonly instance: string; readonly now: () => number };

export async function openCloudTelemetry(config: CloudConfig, { name, instance, now }: Observed) {
  const projectId = config.GOOGLE_CLOUD_PROJECT;
  const version = config.AUTOMATEOS_VERSION;
  const service = `${config.AUTOMATEOS_PREFIX}-${name}`;
  let trace = (): string | undefined => undefined;
  const logger = createCloudLogger({
    ...{ level: config.AUTOMATEOS_LOG_LEVEL, projectId, service, version, now },
    trace: () => trace(),
  }).with({ function: name });
  const destinations = Object.fromEntries(
    Object.entries(otlpDestinations(config)).map(([signal, destination]) => [
      signal,
      isGoogleTelemetry(destination.url)
        ? { url: destination.url, headers: googleTelemetryHeaders({ projectId, now }) }
        : destination,
    ]),
  );
  const telemetry = await createTelemetry({
    service: { name: service, version, instance },
    // without an endpoint nobody collects them: an instance comes and goes
    metering: false,
    ...destinations,
    sampleRatio: config.OTEL_TRACES_SAMPLER_ARG,
    metricsIntervalMs: config.OTEL_METRIC_EXPORT_INTERVAL,
    now,
    onExportFailure: (signal, reason) => logger.warn('telemetry-export-failed', { signal, reason }),
  });
  trace = () => telemetry.current();
  return { logger, telemetry };
}

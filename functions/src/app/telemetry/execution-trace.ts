import type { ExecutionTrigger } from '@automateos/shared/model/execution';
import type { Telemetry } from '@automateos/shared/ports/telemetry';

/**
 * Traceparent of what starts an execution: the request, the calling step, the failed execution's branch. What nobody asked for, as a
 * schedule's instant, gets a span of its own. undefined where nobody traces.
 */
export function traceOfStart(telemetry: Telemetry, trigger: ExecutionTrigger['kind']): string | undefined {
  if (!telemetry.tracing) return undefined;
  const current = telemetry.current();
  if (current !== undefined) return current;
  const span = telemetry.startSpan(`start ${trigger}`, { parent: null });
  span.end();
  return span.traceparent;
}

import { fromInstant } from '@automateos/shared/model/instant';
import type { App } from '../app-context.ts';
import { metrics } from './metric-names.ts';

/** An instant of a schedule has become an execution. */
export function scheduleFired({ telemetry, clock }: App, scheduledAt: string): void {
  if (!telemetry.metering) return;
  telemetry.record(metrics.scheduleLag, Math.max(0, clock.now() - fromInstant(scheduledAt)) / 1_000);
}

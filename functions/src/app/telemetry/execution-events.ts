/** The life of an execution as counts and log events. Each is called after the commit that made it so, once. */
import type { Execution } from '@automateos/shared/model/execution';
import { fromInstant } from '@automateos/shared/model/instant';
import type { App } from '../app-context.ts';
import { metrics } from './metric-names.ts';

export function executionStarted({ telemetry, logger }: App, execution: Execution): void {
  const trigger = execution.trigger.kind;
  if (telemetry.metering) telemetry.add(metrics.executionsStarted, 1, { trigger });
  logger.info('execution-started', { ...idsOf(execution), trigger });
}

export function executionFinished({ telemetry, logger }: App, execution: Execution): void {
  const { status, startedAt, endedAt, error } = execution;
  if (telemetry.metering) telemetry.add(metrics.executionsFinished, 1, { status });
  const durationMs = endedAt === null ? undefined : fromInstant(endedAt) - fromInstant(startedAt);
  logger.info('execution-finished', { ...idsOf(execution), status, durationMs, code: error?.code });
}

function idsOf({ org, id, workflowId }: Execution) {
  return { organization: org, execution: id, workflow: workflowId };
}

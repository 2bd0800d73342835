/** The schedule document of a trigger that goes live. What an earlier activation left undecided, the new one takes over. */

import { nextInstant } from '@automateos/shared/model/cron-instants';
import type { DefinitionNode } from '@automateos/shared/model/definition';
import { nodeParams } from '@automateos/shared/model/definition';
import { toInstant } from '@automateos/shared/model/instant';
import { Schedule, SchedulePattern, scheduleId } from '@automateos/shared/model/schedule';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { withDue } from './due-time.ts';

export type ScheduledBy = { readonly org: string; readonly workflowId: string; readonly version: number };

/** The params of a trigger.schedule of a definition that was validated. */
export function schedulePattern(app: App, node: DefinitionNode): SchedulePattern {
  const schema = app.nodeTypes.get(node.type)?.manifest.params;
  // the manifest fills defaults and reads "30s"; validation has passed, so a failure here is ours
  return SchedulePattern.parse(schema === undefined ? nodeParams(node) : schema.parse(nodeParams(node)));
}

/** `earlier`: the document of the version that was active until now. */
export function newSchedule(app: App, by: ScheduledBy, node: DefinitionNode, earlier: Snapshot | undefined): Schedule {
  const pattern = schedulePattern(app, node);
  const before = earlier === undefined ? undefined : Schedule.parse(earlier.data);
  // The same times: an instant that is due in this very moment is not lost, a missed one not forgotten.
  const same = before !== undefined && before.cron === pattern.cron && before.timeZone === pattern.timeZone;
  const next = nextInstant(pattern, app.clock.now());
  return withDue({
    ...pattern,
    ...by,
    id: scheduleId(by.workflowId, node.id),
    nodeId: node.id,
    nextAt: same ? before.nextAt : next === null ? null : toInstant(next),
    startingAt: before?.startingAt ?? null,
    waitingAt: pattern.overlap === 'queue' ? (before?.waitingAt ?? null) : null,
    due: null,
    lastAt: before?.lastAt ?? null,
    lastExecutionId: before?.lastExecutionId ?? null,
    job: before?.job ?? false,
  });
}

/** Whether a trigger.event wants an event: by type, source and condition. */
import type { JsonObject } from '@automateos/shared/model/json';
import type { LiveTrigger } from '@automateos/shared/model/workflow';
import { z } from 'zod';
import type { App } from '../app-context.ts';

const EventParams = z.object({ type: z.string(), source: z.string().optional(), condition: z.json().optional() });

/** A `*` at the end of the type matches any rest. A condition that fails is no match: the event is not the workflow's, and a log says so. */
export async function isWanted(
  app: App,
  trigger: LiveTrigger,
  input: JsonObject,
  vars: () => Promise<JsonObject>,
): Promise<boolean> {
  const params = EventParams.parse(trigger.params);
  const type = String(input.type);
  const fits = params.type.endsWith('*') ? type.startsWith(params.type.slice(0, -1)) : type === params.type;
  if (!fits || (params.source !== undefined && params.source !== input.source)) return false;
  if (params.condition === undefined) return true;
  const evaluated = await app.evaluator.resolve(params.condition, {
    ...{ input, steps: new Map(), vars: await vars(), execution: {} },
    caller: trigger.workflowId,
  });
  if (evaluated.ok) return Boolean(evaluated.value);
  app.logger.warn('event-condition-failed', {
    workflowId: trigger.workflowId,
    nodeId: trigger.nodeId,
    code: evaluated.failure.code,
  });
  return false;
}

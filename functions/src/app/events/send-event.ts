/**
 * An event starts every active workflow with a trigger.event that wants it. One that names its source and id (a CloudEvent) starts each
 * workflow once, however often it is sent.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { LiveTrigger } from '@automateos/shared/model/workflow';
import { z } from 'zod';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { digest } from '../digest.ts';
import { type StartRequest, startExecution } from '../engine/start-execution.ts';

export type IncomingEvent = {
  readonly type: string;
  readonly source?: string | undefined;
  readonly data?: JsonValue | undefined;
  /** CloudEvents: unique per source. */
  readonly id?: string | undefined;
  readonly time?: string | undefined;
  readonly subject?: string | undefined;
};

/** Nobody has this many; a mistake should not start them all. */
const triggerLimit = 1_000;

const EventParams = z.object({ type: z.string(), source: z.string().optional(), condition: z.json().optional() });

export type SendEvent = {
  readonly event: IncomingEvent;
  readonly dedupe: StartRequest['dedupe'] | null;
};

export async function sendEvent(
  app: App,
  principal: Principal,
  request: SendEvent,
): Promise<{ readonly executionIds: readonly string[] }> {
  requirePermission(principal, 'events.send');
  const where = [['type', '==', 'trigger.event'] as const];
  const rows = await app.store.query({ collection: paths.triggers(principal.org), where, limit: triggerLimit });
  const input = inputOf(request.event);
  const vars = rows.length === 0 ? {} : await readVars(app, principal.org);
  const executionIds: string[] = [];
  for (const row of rows) {
    const trigger = LiveTrigger.parse(row.data);
    if (!(await isWanted(app, trigger, input, vars))) continue;
    const started = await start(app, principal, { trigger, input, request });
    if (started !== null) executionIds.push(started);
  }
  return { executionIds };
}

type Start = { readonly trigger: LiveTrigger; readonly input: JsonObject; readonly request: SendEvent };

/** null for a workflow that went away meanwhile. */
async function start(app: App, principal: Principal, { trigger, input, request }: Start): Promise<string | null> {
  const { workflowId, nodeId, version } = trigger;
  const { source, id } = request.event;
  const unique =
    request.dedupe ?? (source !== undefined && id !== undefined ? { key: digest(source, id), digest: 'event' } : null);
  try {
    const { executionId } = await startExecution(app, principal, {
      ...{ workflowId, version, triggerId: nodeId, input },
      trigger: { kind: 'event', by: principal.userId, ...(id === undefined ? {} : { deliveryId: id }) },
      dedupe:
        unique === null
          ? undefined
          : { key: `event-${digest(unique.key, workflowId, nodeId)}`, digest: unique.digest, sent: request.dedupe?.sent },
    });
    return executionId;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
    app.logger.warn('event-trigger-gone', { workflowId, nodeId });
    return null;
  }
}

function inputOf({ type, source, data, id, time, subject }: IncomingEvent): JsonObject {
  return {
    type,
    ...(source === undefined ? {} : { source }),
    data: data ?? null,
    ...(id === undefined ? {} : { id }),
    ...(time === undefined ? {} : { time }),
    ...(subject === undefined ? {} : { subject }),
  };
}

/** A `*` at the end of the type matches any rest. A condition that fails is no match: the event is not the workflow's. */
async function isWanted(app: App, trigger: LiveTrigger, input: JsonObject, vars: JsonObject): Promise<boolean> {
  const params = EventParams.parse(trigger.params);
  const type = String(input.type);
  const fits = params.type.endsWith('*') ? type.startsWith(params.type.slice(0, -1)) : type === params.type;
  if (!fits || (params.source !== undefined && params.source !== input.source)) return false;
  if (params.condition === undefined) return true;
  const evaluated = await app.evaluator.resolve(params.condition, {
    ...{ input, steps: new Map(), vars, execution: {} },
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

async function readVars(app: App, org: string): Promise<JsonObject> {
  const rows = await app.store.query({ collection: paths.variables(org) });
  return Object.fromEntries(rows.map(({ data }) => [String(data.name), data.value ?? null]));
}

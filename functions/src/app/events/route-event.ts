/**
 * An event starts every active workflow with a trigger.event that wants it, each for itself: one that cannot be started keeps no other from
 * it. With a key, each of them is started once in 7 days, however often the event comes and by whatever way.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { errorCatalogue } from '@automateos/shared/model/error-catalogue';
import type { JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { LiveTrigger } from '@automateos/shared/model/workflow';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { digest } from '../digest.ts';
import { type StartRequest, startExecution } from '../engine/start-execution.ts';
import { type IncomingEvent, inputOf } from './incoming-event.ts';
import { isWanted } from './is-wanted.ts';

export type EventToRoute = {
  readonly event: IncomingEvent;
  /** Default: source and id, where the event has both. */
  readonly dedupe: StartRequest['dedupe'] | null;
};

export type Refused = { readonly workflowId: string; readonly nodeId: string; readonly error: AppError };

export type Routed = {
  readonly executionIds: readonly string[];
  /** Would be refused again: the input does not fit, a node type is missing. */
  readonly refused: readonly Refused[];
  /** May succeed when it is tried again: an outage, or a mistake of ours. */
  readonly failures: readonly unknown[];
};

const pageSize = 200;
const startsAtOnce = 8;

export async function routeEvent(app: App, principal: Principal, request: EventToRoute): Promise<Routed> {
  const input = inputOf(request.event);
  const vars = once(() => readVars(app, principal.org));
  const routed = { executionIds: [] as string[], refused: [] as Refused[], failures: [] as unknown[] };
  for await (const page of triggerPages(app, principal.org)) {
    for (let at = 0; at < page.length; at += startsAtOnce) {
      const triggers = page.slice(at, at + startsAtOnce);
      const outcomes = await Promise.all(triggers.map((trigger) => offer(app, principal, { trigger, input, request, vars })));
      for (const outcome of outcomes) {
        if ('executionId' in outcome && outcome.executionId !== null) routed.executionIds.push(outcome.executionId);
        if ('refused' in outcome) routed.refused.push(outcome.refused);
        if ('failure' in outcome) routed.failures.push(outcome.failure);
      }
    }
  }
  return routed;
}

async function* triggerPages(app: App, org: string): AsyncGenerator<readonly LiveTrigger[]> {
  let after: Snapshot | undefined;
  for (;;) {
    const page: readonly Snapshot[] = await app.store.query({
      collection: paths.triggers(org),
      where: [['type', '==', 'trigger.event']],
      limit: pageSize,
      ...(after === undefined ? {} : { startAfter: { values: [], path: after.path } }),
    });
    yield page.map(({ data }) => LiveTrigger.parse(data));
    after = page.at(-1);
    if (page.length < pageSize) return;
  }
}

type Offer = {
  readonly trigger: LiveTrigger;
  readonly input: JsonObject;
  readonly request: EventToRoute;
  readonly vars: () => Promise<JsonObject>;
};

type Outcome = { readonly executionId: string | null } | { readonly refused: Refused } | { readonly failure: unknown };

async function offer(app: App, principal: Principal, offered: Offer): Promise<Outcome> {
  const { trigger, input, vars } = offered;
  const { workflowId, nodeId } = trigger;
  try {
    if (!(await isWanted(app, trigger, input, vars))) return { executionId: null };
    return { executionId: await start(app, principal, offered) };
  } catch (error) {
    if (!(error instanceof AppError) || mayPassLater(error)) {
      app.logger.error('event-start-failed', { workflowId, nodeId }, error);
      return { failure: error };
    }
    if (error.code === 'NOT_FOUND') {
      app.logger.warn('event-trigger-gone', { workflowId, nodeId });
      return { executionId: null };
    }
    app.logger.error('event-start-refused', { workflowId, nodeId, code: error.code, reason: error.message });
    return { refused: { workflowId, nodeId, error } };
  }
}

/** A budget is filled again, by the month or by a person. */
function mayPassLater({ code, status }: AppError): boolean {
  return status >= 500 || errorCatalogue[code].retryable || code === 'BUDGET_EXCEEDED';
}

async function start(app: App, principal: Principal, { trigger, input, request }: Offer): Promise<string> {
  const { workflowId, nodeId, version } = trigger;
  const { source, id } = request.event;
  const named = source !== undefined && id !== undefined ? { key: digest(source, id), digest: 'event' } : null;
  const unique = request.dedupe ?? named;
  const { executionId } = await startExecution(app, principal, {
    ...{ workflowId, version, triggerId: nodeId, input },
    trigger: { kind: 'event', by: principal.userId, ...(id === undefined ? {} : { deliveryId: id }) },
    dedupe:
      unique === null
        ? undefined
        : { key: `event-${digest(unique.key, workflowId, nodeId)}`, digest: unique.digest, sent: request.dedupe?.sent },
  });
  return executionId;
}

async function readVars(app: App, org: string): Promise<JsonObject> {
  const rows = await app.store.query({ collection: paths.variables(org) });
  return Object.fromEntries(rows.map(({ data }) => [String(data.name), data.value ?? null]));
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  return () => {
    kept ??= read();
    return kept;
  };
}

/** Endpoints as people make and change them. The secret leaves once, where it is made; what is kept of it is sealed for this endpoint alone. */
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import { type WebhookEndpoint, type WebhookEventType, webhookLimits } from '@automateos/shared/model/outgoing-webhook';
import type { Principal } from '@automateos/shared/model/principal';
import { StepError } from '@automateos/shared/model/step-error';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { changedAt } from '../engine/changed-at.ts';
import { type Expected, requireUnchanged } from '../require-unchanged.ts';
import { changeEndpoints } from './change-endpoints.ts';
import { endpointOf, readEndpoints } from './read-endpoints.ts';
import { requireWorkflows } from './require-workflows.ts';
import { newSecret, sealSecret, validSecrets } from './sign-delivery.ts';

export type EndpointChoice = {
  readonly url: string;
  readonly events: readonly WebhookEventType[];
  readonly description?: string | undefined;
  readonly workflowIds?: readonly string[] | null | undefined;
  readonly enabled?: boolean | undefined;
};

export type EndpointWithSecret = { readonly endpoint: WebhookEndpoint; readonly secret: string };

export async function listEndpoints(app: App, principal: Principal): Promise<readonly WebhookEndpoint[]> {
  requirePermission(principal, 'webhooks.read');
  return (await readEndpoints(app, principal.org)).endpoints;
}

export async function getEndpoint(app: App, principal: Principal, id: string): Promise<WebhookEndpoint> {
  requirePermission(principal, 'webhooks.read');
  return endpointOf(await readEndpoints(app, principal.org), id);
}

/** Throws INVALID_PARAMS for an address that may not be reached and for workflows that are not there, QUOTA_REACHED. */
export async function createEndpoint(app: App, principal: Principal, choice: EndpointChoice): Promise<EndpointWithSecret> {
  requirePermission(principal, 'webhooks.manage');
  const { org, userId } = principal;
  await checkUrl(app, choice.url);
  await requireWorkflows(app, org, choice.workflowIds);
  const now = toInstant(app.clock.now());
  const id = app.ids.make('whe');
  const secret = newSecret(app);
  const endpoint: WebhookEndpoint = {
    ...{ id, url: choice.url, description: choice.description ?? '', events: unique(choice.events) },
    workflowIds: workflowsOf(choice.workflowIds),
    ...{ enabled: choice.enabled ?? true, disabledReason: null },
    secrets: [{ sealed: await sealSecret(app, org, id, secret), createdAt: now, expiresAt: null }],
    ...{ createdAt: now, createdBy: userId, updatedAt: now },
  };
  const target = { kind: 'webhook-endpoint', id, name: endpoint.url };
  const audit = auditWrite(app, principal, 'webhook-endpoint.created', target, {}, { before: null, after: endpoint });
  await changeEndpoints(app, org, (endpoints) => {
    if (endpoints.length >= webhookLimits.endpoints) {
      const limit = webhookLimits.endpoints;
      throw new AppError('QUOTA_REACHED', { used: endpoints.length, limit, what: 'webhook endpoints' });
    }
    return { endpoints: [...endpoints, endpoint], audit, result: endpoint };
  });
  return { endpoint, secret };
}

export type ChangedEndpoint = { readonly [Field in keyof EndpointChoice]?: EndpointChoice[Field] | undefined };

/** What is absent stays. Switching it on clears the reason why it was off. Throws as createEndpoint, NOT_FOUND, PRECONDITION_FAILED. */
export async function changeEndpoint(
  app: App,
  principal: Principal,
  id: string,
  choice: ChangedEndpoint,
  expected?: Expected<WebhookEndpoint>,
): Promise<WebhookEndpoint> {
  requirePermission(principal, 'webhooks.manage');
  if (choice.url !== undefined) await checkUrl(app, choice.url);
  await requireWorkflows(app, principal.org, choice.workflowIds);
  const { description, enabled } = choice;
  return change(app, principal, id, 'webhook-endpoint.changed', (before) => {
    requireUnchanged(expected, before);
    return {
      ...before,
      ...(choice.url === undefined ? {} : { url: choice.url }),
      ...(description === undefined ? {} : { description }),
      ...(choice.events === undefined ? {} : { events: unique(choice.events) }),
      ...(choice.workflowIds === undefined ? {} : { workflowIds: workflowsOf(choice.workflowIds) }),
      ...(enabled === undefined ? {} : { enabled, disabledReason: null }),
      updatedAt: changedAt(app.clock.now(), before.updatedAt),
    };
  });
}

/** The old secret signs beside the new one for `overlapMs`; an older one ends at once. */
export async function rotateSecret(app: App, principal: Principal, id: string, overlapMs: number): Promise<EndpointWithSecret> {
  requirePermission(principal, 'webhooks.manage');
  const { org } = principal;
  endpointOf(await readEndpoints(app, org), id); // nothing is sealed for what is not there
  const now = app.clock.now();
  const secret = newSecret(app);
  const sealed = await sealSecret(app, org, id, secret);
  const endpoint = await change(app, principal, id, 'webhook-endpoint.secret-rotated', (before) => {
    const [newest] = validSecrets(app, before).toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
    const old = newest && overlapMs > 0 ? [{ ...newest, expiresAt: toInstant(now + overlapMs) }] : [];
    const secrets = [{ sealed, createdAt: toInstant(now), expiresAt: null }, ...old];
    return { ...before, secrets, updatedAt: changedAt(now, before.updatedAt) };
  });
  return { endpoint, secret };
}

/** Deliveries that are under way end as failed; the log stays until retention. */
export async function deleteEndpoint(
  app: App,
  principal: Principal,
  id: string,
  expected?: Expected<WebhookEndpoint>,
): Promise<void> {
  requirePermission(principal, 'webhooks.manage');
  await changeEndpoints(app, principal.org, (endpoints) => {
    const gone = endpointOf({ endpoints }, id);
    requireUnchanged(expected, gone);
    const target = { kind: 'webhook-endpoint', id, name: gone.url };
    return {
      endpoints: endpoints.filter((endpoint) => endpoint !== gone),
      audit: auditWrite(app, principal, 'webhook-endpoint.deleted', target, {}, { before: gone, after: null }),
      result: null,
    };
  });
}

async function change(
  app: App,
  principal: Principal,
  id: string,
  action: string,
  to: (before: WebhookEndpoint) => WebhookEndpoint,
): Promise<WebhookEndpoint> {
  const changed = await changeEndpoints(app, principal.org, (endpoints) => {
    const before = endpointOf({ endpoints }, id);
    const after = to(before);
    return {
      endpoints: endpoints.map((endpoint) => (endpoint === before ? after : endpoint)),
      audit: auditWrite(app, principal, action, { kind: 'webhook-endpoint', id, name: after.url }, {}, { before, after }),
      result: after,
    };
  });
  if (changed === null) throw new AppError('INTERNAL'); // a change is never nothing here
  return changed;
}

/** By its text; what its name resolves to is checked with every connection. */
async function checkUrl(app: App, url: string): Promise<void> {
  try {
    await app.http.check?.(url);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    const { code, message } = error.failure;
    throw new AppError('INVALID_PARAMS', { reason: message }, { problems: [{ path: 'url', code, message }] });
  }
}

const unique = (events: readonly WebhookEventType[]): WebhookEventType[] => [...new Set(events)];

const workflowsOf = (ids: readonly string[] | null | undefined): string[] | null =>
  ids === null || ids === undefined ? null : [...new Set(ids)];

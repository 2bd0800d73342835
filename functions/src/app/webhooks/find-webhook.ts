/**
 * The trigger that answers a webhook address. Versions are immutable, so what is derived from one is kept; which version is live is read
 * with every request: a workflow answers the moment it is active and stops the moment it is not.
 */
import type { Plan } from '@automateos/shared/engine/plan';
import { planScope } from '@automateos/shared/engine/plan';
import { AppError } from '@automateos/shared/model/app-error';
import { Definition } from '@automateos/shared/model/definition';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { WebhookAuth } from '@automateos/shared/model/webhook-auth';
import { Workflow } from '@automateos/shared/model/workflow';
import { LRUCache } from 'lru-cache';
import type { App } from '../app-context.ts';
import { isDocumentId } from '../document-id.ts';
import type { PlanCache } from '../engine/plan-cache.ts';

export type WebhookTrigger = {
  readonly nodeId: string;
  readonly method: string;
  readonly path: string;
  readonly respond: 'immediately' | 'lastNode' | 'node';
  /** undefined = none asked for; as written where it cannot be parsed, so that verification refuses. */
  readonly auth: unknown;
  /** Id or name of the credential that holds its secret, where the definition does not. */
  readonly credential: string | null;
  readonly dedupe: false | { readonly header?: string };
};

export type FoundWebhook = {
  readonly org: string;
  readonly workflow: Workflow;
  readonly plan: Plan;
  readonly draft: Definition | undefined;
  readonly trigger: WebhookTrigger;
};

const triggersOf = new WeakMap<Plan, readonly WebhookTrigger[]>();
/** By process (its plan cache is its own): a workflow never changes hands, and its id is given once. */
const ownersOf = new WeakMap<PlanCache, LRUCache<string, string>>();

/** Throws WORKFLOW_INACTIVE (nothing answers here) or METHOD_NOT_ALLOWED. */
export async function findWebhook(
  app: App,
  request: { readonly workflowId: string; readonly path: string; readonly method: string; readonly test: boolean },
): Promise<FoundWebhook> {
  const org = isDocumentId(request.workflowId) ? await ownerOf(app, request.workflowId) : null;
  const snapshot = org === null ? null : await app.store.get(paths.workflow(org, request.workflowId));
  if (org === null || !snapshot) throw new AppError('WORKFLOW_INACTIVE');
  const workflow = Workflow.parse(snapshot.data);
  const { plan, draft } = request.test ? await draftPlan(app, org, workflow) : await livePlan(app, org, workflow);
  const here = webhookTriggers(plan).filter((trigger) => trigger.path === request.path);
  if (here.length === 0) throw new AppError('WORKFLOW_INACTIVE');
  const answering = (asked: string) => here.find(({ method }) => method === asked);
  // HEAD is GET whose answer has no body (RFC 9110)
  const asGet = request.method === 'HEAD' ? answering('GET') : undefined;
  const trigger = answering(request.method) ?? asGet ?? answering('ANY');
  if (!trigger) {
    throw new AppError('METHOD_NOT_ALLOWED', { method: request.method, allowed: here.map(({ method }) => method).join(', ') });
  }
  return { org, workflow, plan, draft, trigger };
}

async function ownerOf(app: App, workflowId: string): Promise<string | null> {
  const owners = ownersOf.get(app.plans) ?? new LRUCache<string, string>({ max: 5_000 });
  ownersOf.set(app.plans, owners);
  const known = owners.get(workflowId);
  if (known !== undefined) return known;
  const org = (await app.store.get(paths.workflowOwner(workflowId)))?.data.org;
  if (typeof org !== 'string') return null;
  owners.set(workflowId, org);
  return org;
}

async function livePlan(app: App, org: string, workflow: Workflow): Promise<{ plan: Plan; draft: undefined }> {
  const plan = workflow.activeVersion === null ? null : await app.plans.load(org, workflow.id, workflow.activeVersion, app.store);
  if (!plan) throw new AppError('WORKFLOW_INACTIVE');
  return { plan, draft: undefined };
}

async function draftPlan(app: App, org: string, workflow: Workflow): Promise<{ plan: Plan; draft: Definition }> {
  const system: Principal = { org, userId: 'system', role: 'owner', via: 'system' };
  const { getDraft } = await import('../workflows/draft.ts'); // what checks definitions is large; only test addresses need it
  const { draft, problems } = await getDraft(app, system, workflow.id);
  if (problems.length > 0) throw new AppError('INVALID_DEFINITION', { count: problems.length }, { problems });
  const definition = Definition.parse(draft.definition);
  return { plan: app.plans.compileDraft(workflow.id, definition), draft: definition };
}

function webhookTriggers(plan: Plan): readonly WebhookTrigger[] {
  const known = triggersOf.get(plan);
  if (known) return known;
  const found = planScope(plan, '').entries.flatMap((id) => {
    const node = plan.nodes.get(id);
    if (node?.type !== 'trigger.webhook' || node.disabled) return [];
    const { method, path, respond, auth, dedupe } = node.params;
    const parsed = WebhookAuth.safeParse(auth);
    const trigger: WebhookTrigger = {
      nodeId: id,
      method: typeof method === 'string' ? method : 'POST',
      path: typeof path === 'string' ? path.replace(/^\//, '') : '',
      respond: respond === 'lastNode' || respond === 'node' ? respond : 'immediately',
      auth: parsed.success ? parsed.data : auth,
      credential: node.credential ?? null,
      dedupe: dedupe === false ? false : isHeaderRule(dedupe) ? { header: dedupe.header } : {},
    };
    return [trigger];
  });
  triggersOf.set(plan, found);
  return found;
}

function isHeaderRule(value: unknown): value is { readonly header: string } {
  return typeof value === 'object' && value !== null && 'header' in value && typeof value.header === 'string';
}

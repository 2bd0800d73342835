/**
 * The secret that a webhook is checked with: the one in the definition, unsealed, or that of the node's credential. Credentials are kept in
 * memory for some seconds, so that a burst of deliveries does not read and unseal the same one again and again. Whatever is
 * missing stays missing, and verification refuses it.
 */
import { nodeParams } from '@automateos/shared/model/definition';
import { isJsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import { StepError } from '@automateos/shared/model/step-error';
import { WebhookAuth, webhookSecretField } from '@automateos/shared/model/webhook-auth';
import { WorkflowVersion } from '@automateos/shared/model/workflow';
import { LRUCache } from 'lru-cache';
import type { App } from '../app-context.ts';
import { openCredential } from '../credentials/open-credential.ts';
import { openSecret } from '../workflows/webhook-secrets.ts';
import type { FoundWebhook, WebhookTrigger } from './find-webhook.ts';

/** How long a changed or deleted credential may go on to prove something. */
const keptMs = 10_000;
const kind = 'webhook-secret';

type Found = Pick<FoundWebhook, 'org' | 'workflow' | 'plan' | 'draft' | 'trigger'>;
type Kept = { readonly secret: Promise<string | null>; readonly untilMs: number };

/** What a version holds never changes, so it is unsealed once; what does not open may do so a little later. */
const unsealed = new WeakMap<WebhookTrigger, Kept>();
const credentials = new WeakMap<App, LRUCache<string, Kept>>();

/** What verification takes: as it was written where it has no known shape, without a secret where there is none to be had. */
export async function authWithSecret(app: App, found: Found): Promise<unknown> {
  const { org, trigger } = found;
  const parsed = WebhookAuth.safeParse(trigger.auth);
  if (!parsed.success) return trigger.auth;
  const auth: Readonly<Record<string, unknown>> = parsed.data;
  const field = webhookSecretField[parsed.data.kind];
  const written = auth[field];
  if (typeof written !== 'string') {
    return { ...auth, [field]: trigger.credential === null ? undefined : await credentialSecret(app, org, trigger.credential) };
  }
  return { ...auth, [field]: (await writtenSecret(app, found, field, written)) ?? undefined };
}

async function writtenSecret(app: App, found: Found, field: string, written: string): Promise<string | null> {
  const kept = unsealed.get(found.trigger);
  if (kept !== undefined && kept.untilMs > app.clock.now()) return kept.secret;
  const secret = unseal(app, found, field, written);
  unsealed.set(found.trigger, { secret, untilMs: app.clock.now() + keptMs });
  if ((await secret) !== null) unsealed.set(found.trigger, { secret, untilMs: Number.POSITIVE_INFINITY });
  return secret;
}

/** The plan may be older than a rotation of keys whose old key is forgotten: then the version has it sealed anew. */
async function unseal(
  app: App,
  { org, workflow, plan, draft, trigger }: Found,
  field: string,
  written: string,
): Promise<string | null> {
  const holder = { org, workflowId: workflow.id };
  const secret = await openSecret(app, holder, written);
  if (secret !== null || draft !== undefined) return secret;
  const row = await app.store.get(paths.version(org, workflow.id, plan.version));
  const node = row && WorkflowVersion.parse(row.data).definition.nodes.find(({ id }) => id === trigger.nodeId);
  const auth = node === null || node === undefined ? null : (nodeParams(node).auth ?? null);
  const now = isJsonObject(auth) ? auth[field] : undefined;
  return typeof now === 'string' && now !== written ? openSecret(app, holder, now) : null;
}

async function credentialSecret(app: App, org: string, name: string): Promise<string | undefined> {
  const cache = credentials.get(app) ?? new LRUCache<string, Kept>({ max: 1_000 });
  credentials.set(app, cache);
  const key = `${org}/${name}`;
  const now = app.clock.now();
  const kept = cache.get(key);
  if (kept && kept.untilMs > now && kept.untilMs <= now + keptMs) return (await kept.secret) ?? undefined;
  const secret = readSecret(app, org, name);
  cache.set(key, { secret, untilMs: now + keptMs });
  try {
    const found = await secret;
    if (found === null) cache.delete(key);
    return found ?? undefined;
  } catch (error) {
    cache.delete(key);
    throw error;
  }
}

/** null when there is none, or it is of another kind. */
async function readSecret(app: App, org: string, name: string): Promise<string | null> {
  try {
    const credential = await openCredential(app, org, name);
    const secret = credential.kind === kind && isJsonObject(credential.data) ? credential.data.secret : null;
    return typeof secret === 'string' ? secret : null;
  } catch (error) {
    if (error instanceof StepError) return null;
    throw error;
  }
}

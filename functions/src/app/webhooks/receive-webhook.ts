/**
 * A webhook request, from proof of origin to answer. Authentication looks at the raw bytes and comes before any of them is parsed. An
 * answer leaves only after the execution is stored.
 */
import type { Plan } from '@automateos/shared/engine/plan';
import { AppError } from '@automateos/shared/model/app-error';
import { type Execution, isTerminal } from '@automateos/shared/model/execution';
import type { JsonValue } from '@automateos/shared/model/json';
import type { Principal } from '@automateos/shared/model/principal';
import { WebhookAuth } from '@automateos/shared/model/webhook-auth';
import type { App } from '../app-context.ts';
import { type Meter, startMeter } from '../cost/meter.ts';
import { meterPorts } from '../cost/meter-ports.ts';
import { digest } from '../digest.ts';
import { type SentKey, type Started, startExecution } from '../engine/start-execution.ts';
import { loadStoredValue } from '../engine/stored-values.ts';
import { waitForExecution } from '../engine/wait-for-execution.ts';
import { type FoundWebhook, findWebhook, type WebhookTrigger } from './find-webhook.ts';
import { parsePairs, parseWebhookBody } from './parse-webhook-body.ts';
import { type Verification, verifyWebhook, type WebhookHeaders } from './verify-webhook.ts';
import { webhookInput } from './webhook-input.ts';
import { authWithSecret } from './webhook-secret.ts';

export type WebhookRequest = {
  readonly workflowId: string;
  /** What follows the workflow's id, without a leading slash. */
  readonly path: string;
  readonly method: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: WebhookHeaders;
  readonly body: Uint8Array;
  /** Runs the draft. */
  readonly test: boolean;
};

export type WebhookAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** undefined = no body. */
  readonly body: JsonValue | undefined;
};

/** A caller that waits for the workflow's result waits this long; then it gets 202 and the execution's id. */
const longestWaitMs = 50_000;

const deliveryHeaders = ['idempotency-key', 'webhook-id', 'x-github-delivery'];

/** Throws AppError: WORKFLOW_INACTIVE, METHOD_NOT_ALLOWED, WEBHOOK_UNAUTHORIZED, MALFORMED_BODY, IDEMPOTENCY_MISMATCH, ... */
export async function receiveWebhook(app: App, sent: WebhookRequest): Promise<WebhookAnswer> {
  const meter = startMeter(app.compute);
  try {
    return await receiveMetered(app, meter, sent);
  } catch (error) {
    meter.share.leave();
    throw error;
  }
}

async function receiveMetered(app: App, meter: Meter, sent: WebhookRequest): Promise<WebhookAnswer> {
  const counted = meterPorts(app, meter.counts);
  const found = await findWebhook(counted, sent);
  const request = sent.method === 'HEAD' && found.trigger.method === 'GET' ? { ...sent, method: 'GET' } : sent;
  const { org, workflow, plan, draft, trigger } = found;
  const proof = await prove(app, found, request);
  if (!proof.ok) throw new AppError('WEBHOOK_UNAUTHORIZED');
  const auth = WebhookAuth.safeParse(trigger.auth);
  const input = webhookInput({
    method: request.method,
    path: request.path,
    query: request.query === '' ? {} : parsePairs(request.query),
    headers: request.headers,
    body: await parseWebhookBody({
      contentType: request.headers['content-type'],
      bytes: request.body,
      contentEncoding: request.headers['content-encoding'],
    }),
    auth: auth.success ? auth.data : undefined,
  });
  const delivery = deliveryOf(trigger, request.headers) ?? provenDelivery(proof);
  const principal: Principal = { org, userId: 'webhook', role: 'operator', via: 'system' };
  const started = await startExecution(app, principal, {
    workflowId: workflow.id,
    workflow,
    plan,
    draft,
    triggerId: trigger.nodeId,
    input,
    trigger: {
      kind: 'webhook',
      respond: trigger.respond,
      ...(delivery === undefined ? {} : { deliveryId: delivery.key }),
      ...(request.test ? { test: true } : {}),
    },
    dedupe: dedupeOf(request, trigger, delivery),
    meter,
  });
  return answer(app, org, plan, trigger, started);
}

async function prove(app: App, found: FoundWebhook, { headers, body }: WebhookRequest): Promise<Verification> {
  if (found.trigger.auth === undefined) return { ok: true };
  return verifyWebhook({ auth: await authWithSecret(app, found), headers, rawBody: body, nowMs: app.clock.now() });
}

function deliveryOf(trigger: WebhookTrigger, headers: WebhookHeaders): SentKey | undefined {
  if (trigger.dedupe === false) return undefined;
  const names = trigger.dedupe.header === undefined ? deliveryHeaders : [trigger.dedupe.header.toLowerCase()];
  for (const name of names) {
    const value = Object.hasOwn(headers, name) ? headers[name]?.trim() : undefined;
    if (value) return { header: name, key: value };
  }
  return undefined;
}

function provenDelivery(proof: Verification): SentKey | undefined {
  return 'deliveryId' in proof && proof.deliveryId !== undefined
    ? { header: 'The delivery id', key: proof.deliveryId }
    : undefined;
}

function dedupeOf(request: WebhookRequest, trigger: WebhookTrigger, delivery: SentKey | undefined) {
  if (delivery === undefined || trigger.dedupe === false) return undefined;
  const key = digest('webhook', request.test ? 'test' : 'live', request.workflowId, trigger.nodeId, delivery.key);
  const sent = { header: delivery.header, key: delivery.key.slice(0, 200) };
  return { key, digest: digest(request.method, Buffer.from(request.body).toString('base64')), sent };
}

async function answer(app: App, org: string, plan: Plan, trigger: WebhookTrigger, started: Started): Promise<WebhookAnswer> {
  const { executionId, duplicate } = started;
  if (duplicate) return { status: 200, headers: {}, body: { executionId, duplicate: true } };
  if (trigger.respond === 'immediately') return accepted(executionId);
  const until = trigger.respond === 'node' ? 'responded' : 'finished';
  const worked = until === 'finished' ? await started.worked : null;
  const execution =
    worked && isTerminal(worked.status)
      ? worked
      : await waitForExecution(app, org, executionId, { timeoutMs: longestWaitMs, until });
  return answerOf(app, plan, execution);
}

async function answerOf(app: App, plan: Plan, execution: Execution): Promise<WebhookAnswer> {
  const { response, status, output } = execution;
  if (response) {
    const body = await loadStoredValue(app, execution, plan, response.body);
    return { status: response.status, headers: response.headers, body };
  }
  if (!isTerminal(status)) return accepted(execution.id);
  if (status === 'succeeded')
    return { status: 200, headers: {}, body: output && (await loadStoredValue(app, execution, plan, output)) };
  const reason = execution.error?.message ?? 'no reason was recorded';
  throw new AppError('EXECUTION_FAILED', { executionId: execution.id, status, reason });
}

function accepted(executionId: string): WebhookAnswer {
  return { status: 202, headers: {}, body: { executionId } };
}

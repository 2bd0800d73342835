/**
 * The input of an execution that a webhook starts: { method, path, query, headers, body }, into which the fields of a JSON object body
 * are merged, the five names winning. Headers that carry a credential are left out: inputs are stored and shown.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { WebhookAuth } from '@automateos/shared/model/webhook-auth';
import type { WebhookHeaders } from './verify-webhook.ts';

const credentialHeaders = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-forwarded-authorization',
  'x-serverless-authorization',
  'x-goog-iap-jwt-assertion',
]);

export function webhookInput(request: {
  readonly method: string;
  /** What follows the workflow's id in the address, without a leading slash. */
  readonly path: string;
  readonly query: JsonObject;
  readonly headers: WebhookHeaders;
  readonly body: JsonValue;
  /** Its secret header is left out too. */
  readonly auth?: WebhookAuth | undefined;
}): JsonObject {
  const { method, path, query, body } = request;
  const secretHeader = request.auth?.kind === 'header' ? request.auth.name.toLowerCase() : null;
  const kept = Object.entries(request.headers).filter(([name]) => !credentialHeaders.has(name) && name !== secretHeader);
  const headers = Object.fromEntries(kept);
  // Spreading copies own fields only and never calls a setter: `__proto__` stays data.
  return { ...(isJsonObject(body) ? body : {}), method, path, query, headers, body };
}

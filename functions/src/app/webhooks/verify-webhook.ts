/**
 * Proves that a webhook request comes from who holds the secret. Pure in its arguments: the clock and the secret are given. Fails closed:
 * whatever is missing, blank, of another type or unknown refuses, and every refusal looks the same.
 */
import { WebhookAuth } from '@automateos/shared/model/webhook-auth';
import type { VerifyInput } from './verify.ts';
import { verifyBasic, verifyHeader } from './verify-header.ts';
import { verifyGithub, verifyHmac } from './verify-hmac.ts';
import { verifyStandardWebhooks } from './verify-standard-webhooks.ts';

/** Lower-case names; repeated headers joined by ", ". */
export type WebhookHeaders = Readonly<Record<string, string>>;

export type Verification = { readonly ok: true; readonly deliveryId?: string } | { readonly ok: false };

export function verifyWebhook(request: {
  /** As in the definition; checked here again, so that a stored one of another shape refuses. */
  readonly auth: unknown;
  readonly headers: WebhookHeaders;
  /** As received: not decoded, not parsed. */
  readonly rawBody: Uint8Array;
  readonly nowMs: number;
}): Verification {
  const { headers, rawBody, nowMs } = request;
  const header = (name: string): string | null => {
    const lower = name.toLowerCase();
    const value: unknown = Object.hasOwn(headers, lower) ? headers[lower] : null;
    return typeof value === 'string' ? value : null;
  };
  const auth = WebhookAuth.safeParse(request.auth);
  if (!auth.success) return { ok: false };
  const proof = verifyKind(auth.data, { header, rawBody, nowMs });
  if (proof === null) return { ok: false };
  return proof.deliveryId === undefined || proof.deliveryId.length > 256
    ? { ok: true }
    : { ok: true, deliveryId: proof.deliveryId };
}

function verifyKind(auth: WebhookAuth, rest: Omit<VerifyInput<WebhookAuth['kind']>, 'auth'>) {
  switch (auth.kind) {
    case 'header':
      return verifyHeader({ ...rest, auth });
    case 'basic':
      return verifyBasic({ ...rest, auth });
    case 'hmac':
      return verifyHmac({ ...rest, auth });
    case 'github':
      return verifyGithub({ ...rest, auth });
    case 'standard-webhooks':
      return verifyStandardWebhooks({ ...rest, auth });
    default:
      auth satisfies never;
      return null;
  }
}

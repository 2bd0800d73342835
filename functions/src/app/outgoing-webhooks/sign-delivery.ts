/**
 * Standard Webhooks 1.0, symmetric signatures: an HMAC of id, time and body by each secret that is valid, so that a receiver may have either
 * while it changes from one to the other.
 */
import { createHmac } from 'node:crypto';
import type { WebhookEndpoint, WebhookSecret } from '@automateos/shared/model/outgoing-webhook';
import { paths } from '@automateos/shared/model/paths';
import type { App } from '../app-context.ts';
import { digest } from '../digest.ts';

const prefix = 'whsec_';

/** 32 bytes from two random ids of 124 bits each. */
export function newSecret(app: App): string {
  return prefix + Buffer.from(digest('webhook-secret', app.ids.make('a'), app.ids.make('b')), 'hex').toString('base64');
}

/** Opens for this endpoint alone. */
export function sealSecret(app: App, org: string, endpointId: string, secret: string): Promise<string> {
  return app.secrets.seal(secret, contextOf(org, endpointId));
}

export function validSecrets(app: App, { secrets }: WebhookEndpoint): readonly WebhookSecret[] {
  const now = app.clock.now();
  return secrets.filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > now);
}

export type SignedHeaders = Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>>;

export async function signedHeaders(
  app: App,
  org: string,
  endpoint: WebhookEndpoint,
  message: { readonly id: string; readonly payload: string },
): Promise<SignedHeaders> {
  const timestamp = String(Math.floor(app.clock.now() / 1_000));
  const signatures = validSecrets(app, endpoint).map(async ({ sealed }) => {
    const secret = await app.secrets.open(sealed, contextOf(org, endpoint.id));
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${message.id}.${timestamp}.${message.payload}`).digest('base64')}`;
  });
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': (await Promise.all(signatures)).join(' '),
  };
}

const contextOf = (org: string, endpointId: string): string => `${paths.webhookEndpoints(org)}#${endpointId}`;

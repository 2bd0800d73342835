/** What each kind of webhook authentication is: a pure check of one request against one secret. */
import type { WebhookAuth } from '@automateos/shared/model/webhook-auth';

export type VerifyInput<Kind extends WebhookAuth['kind']> = {
  readonly auth: Extract<WebhookAuth, { kind: Kind }>;
  /** Null when it was not sent. */
  readonly header: (name: string) => string | null;
  readonly rawBody: Uint8Array;
  readonly nowMs: number;
};

/** Null refuses. */
export type Verify<Kind extends WebhookAuth['kind']> = (input: VerifyInput<Kind>) => { readonly deliveryId?: string } | null;

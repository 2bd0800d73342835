/** One try: the message, signed, through the guarded client. What comes back is a value; whatever a receiver does is no error here. */
import { toInstant } from '@automateos/shared/model/instant';
import {
  type WebhookAttempt,
  type WebhookDelivery,
  type WebhookEndpoint,
  webhookLimits,
} from '@automateos/shared/model/outgoing-webhook';
import { StepError } from '@automateos/shared/model/step-error';
import type { HttpResponse } from '@automateos/shared/ports/http-client';
import type { App } from '../app-context.ts';
import { signedHeaders } from './sign-delivery.ts';

/** A receiver should answer at once and work afterwards. */
export const sendTimeoutMs = 20_000;
/** Of an answer; only its beginning is kept. */
const maxBytes = 1024 * 1024;

export type Sent = {
  /** `gone`: 410, nobody is there any more. */
  readonly outcome: 'delivered' | 'failed' | 'gone';
  readonly attempt: WebhookAttempt;
  /** How long the receiver asks to be left alone; null where it does not say. */
  readonly retryAfterMs: number | null;
};

export async function sendDelivery(app: App, endpoint: WebhookEndpoint, delivery: WebhookDelivery): Promise<Sent> {
  const begun = app.clock.now();
  const message = { id: delivery.eventId, payload: delivery.payload };
  const headers = await signedHeaders(app, delivery.org, endpoint, message);
  const attempt = (rest: Omit<WebhookAttempt, 'at' | 'durationMs'>): WebhookAttempt => ({
    at: toInstant(begun),
    durationMs: Math.max(0, Math.round(app.clock.now() - begun)),
    ...rest,
  });
  try {
    const response = await app.http.send({
      method: 'POST',
      url: endpoint.url,
      headers: { 'content-type': 'application/json', ...headers },
      body: delivery.payload,
      followRedirects: false,
      timeoutMs: sendTimeoutMs,
      maxBytes,
      signal: new AbortController().signal,
    });
    const { status } = response;
    const isThere = status >= 200 && status < 300;
    return {
      outcome: isThere ? 'delivered' : status === 410 ? 'gone' : 'failed',
      attempt: attempt({ status, error: isThere ? null : `The answer was ${status}, not 2xx`, response: excerpt(response) }),
      retryAfterMs: isThere ? null : retryAfter(app, response),
    };
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    const { code, message: reason } = error.failure;
    return {
      outcome: 'failed',
      attempt: attempt({ status: null, error: `${code}: ${reason}`, response: null }),
      retryAfterMs: null,
    };
  }
}

function excerpt({ body }: HttpResponse): string {
  return new TextDecoder().decode(body.subarray(0, webhookLimits.responseBytes));
}

/** Seconds or a date. */
function retryAfter(app: App, { headers }: HttpResponse): number | null {
  const text = headers['retry-after'];
  if (text === undefined) return null;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - app.clock.now();
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}

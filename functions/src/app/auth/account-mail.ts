/**
 * Mail to people goes out by a hook of the operator's: a POST, signed as Standard Webhooks, to whatever sends mail there. Nothing here knows
 * a mail server. Without a hook nothing is sent, and whoever made the link hands it over.
 */
import { Webhook } from 'standardwebhooks';
import type { App } from '../app-context.ts';

export type AccountMail = {
  readonly kind: 'invitation' | 'password-reset' | 'email-verification';
  readonly email: string;
  /** Holds the secret: it is in no log. */
  readonly link: string;
  readonly expiresAt: string;
  /** Name of the one that invites. */
  readonly organization?: string;
};

const timeoutMs = 10_000;

/** false where it did not go out: there is no hook, or it did not take it (which is logged, without the link). */
export async function mailToPerson(app: App, mail: AccountMail): Promise<boolean> {
  const hook = app.settings.accounts.mail;
  if (hook === null) return false;
  const body = JSON.stringify(mail);
  const id = app.ids.make('msg');
  const at = new Date(app.clock.now());
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': signer(hook.secret).sign(id, at, body),
  };
  try {
    const { status } = await app.http.send({
      ...{ method: 'POST', url: hook.url, headers, body, followRedirects: false, timeoutMs, maxBytes: 65_536 },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (status >= 200 && status < 300) return true;
    app.logger.warn('account-mail-refused', { kind: mail.kind, status });
  } catch (error) {
    app.logger.error('account-mail-failed', { kind: mail.kind }, error);
  }
  return false;
}

/** `whsec_...` is base64, as Standard Webhooks writes it; anything else counts as it is. */
function signer(secret: string): Webhook {
  return secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(secret, { format: 'raw' });
}

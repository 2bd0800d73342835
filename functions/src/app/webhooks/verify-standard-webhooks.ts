/**
 * Standard Webhooks 1.0 (https://www.standardwebhooks.com), symmetric signatures. Written on node:crypto because the package of that name
 * turns the body into text before it signs (bytes that are not UTF-8 become interchangeable), reads timestamps by parseInt ("1700000000x"
 * passes) and takes the time from the machine.
 */
import { createHmac } from 'node:crypto';
import { sameBytes, usableSecret } from './constant-time.ts';
import { timestampWithin } from './signed-timestamp.ts';
import type { Verify } from './verify.ts';

const toleranceSeconds = 300;
/** A sender rotates between a few keys. */
const maxSignatures = 32;

export const verifyStandardWebhooks: Verify<'standard-webhooks'> = ({ auth, header, rawBody, nowMs }) => {
  const key = keyOf(auth.secret);
  const id = header('webhook-id');
  const timestamp = header('webhook-timestamp');
  const signatures = header('webhook-signature')?.split(' ') ?? [];
  // The dot separates what is signed: an id with one could take over a part of the timestamp or the body.
  if (key === null || id === null || id === '' || id.includes('.') || timestamp === null) return null;
  if (signatures.length > maxSignatures || !timestampWithin(timestamp, toleranceSeconds, nowMs)) return null;
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(rawBody).digest('base64');
  const expected = Buffer.from(`v1,${digest}`);
  // Every signature is compared, so that the time does not tell which one matched.
  const matches = signatures.filter((signature) => sameBytes(Buffer.from(signature), expected));
  return matches.length > 0 ? { deliveryId: id } : null;
};

function keyOf(secret: unknown): Buffer | null {
  if (!usableSecret(secret)) return null;
  const encoded = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return null;
  const key = Buffer.from(encoded, 'base64');
  return key.length === 0 ? null : key;
}

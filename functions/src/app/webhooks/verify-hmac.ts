/** Signatures over the raw body: the general form, and GitHub's. The bytes are signed as they came; nothing is parsed before. */
import { createHmac } from 'node:crypto';
import { sameBytes, usableSecret } from './constant-time.ts';
import { timestampWithin } from './signed-timestamp.ts';
import type { Verify } from './verify.ts';

const algorithms = new Set(['sha1', 'sha256', 'sha384', 'sha512']);

export const verifyHmac: Verify<'hmac'> = ({ auth, header, rawBody, nowMs }) => {
  if (!usableSecret(auth.secret) || !algorithms.has(auth.algorithm)) return null;
  const signature = header(auth.header);
  if (signature === null || !signature.startsWith(auth.prefix)) return null;
  const signed = signedBytes(auth, auth.timestampHeader === undefined ? undefined : header(auth.timestampHeader), rawBody, nowMs);
  if (signed === null) return null;
  const expected = createHmac(auth.algorithm, auth.secret).update(signed).digest(auth.encoding);
  const given = signature.slice(auth.prefix.length);
  return sameBytes(Buffer.from(auth.encoding === 'hex' ? given.toLowerCase() : given), Buffer.from(expected)) ? {} : null;
};

function signedBytes(
  auth: { readonly signed?: string | undefined; readonly toleranceSeconds: number },
  timestamp: string | null | undefined,
  rawBody: Uint8Array,
  nowMs: number,
): Buffer | null {
  const template = auth.signed ?? (timestamp === undefined ? '{body}' : '{timestamp}.{body}');
  const [before, after, ...more] = template.split('{body}');
  if (before === undefined || after === undefined || more.length > 0) return null;
  if (timestamp === undefined) return Buffer.concat([Buffer.from(before), rawBody, Buffer.from(after)]);
  if (timestamp === null || !template.includes('{timestamp}')) return null;
  if (!timestampWithin(timestamp, auth.toleranceSeconds, nowMs)) return null;
  const fill = (text: string) => Buffer.from(text.replaceAll('{timestamp}', timestamp));
  return Buffer.concat([fill(before), rawBody, fill(after)]);
}

/** https://docs.github.com/webhooks: SHA-256 only; the SHA-1 header that comes beside it is not looked at. */
export const verifyGithub: Verify<'github'> = ({ auth, header, rawBody }) => {
  const given = /^sha256=([0-9a-f]{64})$/.exec(header('x-hub-signature-256') ?? '')?.[1];
  if (!usableSecret(auth.secret) || given === undefined) return null;
  const expected = createHmac('sha256', auth.secret).update(rawBody).digest('hex');
  if (!sameBytes(Buffer.from(given), Buffer.from(expected))) return null;
  const deliveryId = header('x-github-delivery');
  return deliveryId === null ? {} : { deliveryId };
};

/** A header with a fixed value, and HTTP basic authentication. */
import { headerBytes, sameBytes, usableSecret } from './constant-time.ts';
import type { Verify } from './verify.ts';

export const verifyHeader: Verify<'header'> = ({ auth, header }) => {
  const given = header(auth.name);
  if (!usableSecret(auth.value) || given === null) return null;
  const bytes = headerBytes(given);
  return bytes !== null && sameBytes(bytes, Buffer.from(auth.value)) ? {} : null;
};

export const verifyBasic: Verify<'basic'> = ({ auth, header }) => {
  // With a colon in the user name, `a:b` and `c` would be the same pair as `a` and `b:c`.
  if (!usableSecret(auth.password) || !usableSecret(auth.user) || auth.user.includes(':')) return null;
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header('authorization') ?? '')?.[1];
  if (encoded === undefined) return null;
  return sameBytes(Buffer.from(encoded, 'base64'), Buffer.from(`${auth.user}:${auth.password}`)) ? {} : null;
};

/**
 * Puts a credential into the request's headers, and takes it out of everything that comes back: services echo headers in error pages,
 * and nothing that the step stores may hold the secret.
 */
import type { StepContext } from '@automateos/shared/ports/node-runtime';
import { invalidParams } from './step-failure.ts';

export type AppliedCredential = {
  readonly headers: Readonly<Record<string, string>>;
  /** Texts that may not appear in outputs and errors, longest first. */
  readonly secrets: readonly string[];
};

export function applyCredential(credential: StepContext['credential']): AppliedCredential {
  if (credential === null) return { headers: {}, secrets: [] };
  const field = (name: string): string => {
    const value = Object.hasOwn(credential.data, name) ? credential.data[name] : undefined;
    if (typeof value === 'string' && value !== '') return value;
    throw invalidParams(`The credential of kind ${credential.kind} has no ${name}.`);
  };
  switch (credential.kind) {
    case 'http-header':
      return { headers: { [field('name')]: field('value') }, secrets: spellings([field('value')]) };
    case 'http-bearer':
      return { headers: { authorization: `Bearer ${field('token')}` }, secrets: spellings([field('token')]) };
    case 'http-basic': {
      const pair = Buffer.from(`${field('user')}:${field('password')}`).toString('base64');
      return { headers: { authorization: `Basic ${pair}` }, secrets: spellings([field('password'), pair]) };
    }
    default:
      throw invalidParams(
        `A credential of kind ${credential.kind} cannot be used here; use http-header, http-basic or http-bearer.`,
      );
  }
}

/** Shorter ones would blot out ordinary text. */
const shortestSecret = 4;

function spellings(secrets: readonly string[]): readonly string[] {
  const all = secrets
    .filter((secret) => secret.length >= shortestSecret)
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
      Buffer.from(secret).toString('hex'),
    ]);
  return [...new Set(all)].sort((a, b) => b.length - a.length);
}

const mask = '[redacted]';

export function redactText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((result, secret) => result.replaceAll(secret, mask), text);
}

/** On the bytes, before they are parsed, so that it holds for every kind of body. */
export function redactBytes(body: Uint8Array, secrets: readonly string[]): Buffer {
  let bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  for (const secret of secrets) {
    if (!bytes.includes(secret)) continue;
    const needle = Buffer.from(secret).toString('latin1');
    bytes = Buffer.from(bytes.toString('latin1').replaceAll(needle, mask), 'latin1');
  }
  return bytes;
}

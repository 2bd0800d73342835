/**
 * Seals secrets with AES-256-GCM. What belongs to an organization (its context is `{what}/{organization}/...`) is sealed under that
 * organization's data key; anything else, and what earlier releases sealed, under a key of its own. Data keys are wrapped by the key ring. The
 * context is bound to every layer: a ciphertext moved to another document or organization opens nowhere.
 *
 *     sealed = s2:{data key's id}:{iv}:{ciphertext and tag}        additional data: s2|organization|key id|context
 *            | s1:{wrapped data key}:{iv}:{ciphertext and tag}     additional data: context
 *
 * IVs are 96 random bits: after 10^9 secrets under one data key the chance that two were alike is below 10^-11.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing } from '@automateos/shared/ports/key-ring';
import type { SecretBox } from '@automateos/shared/ports/secret-box';
import type { OrganizationDataKeys } from './organization-data-keys.ts';

const ivBytes = 12;
const tagBytes = 16;

/** Without data keys every secret gets a key of its own. */
export function createAesSecretBox(keyRing: KeyRing, dataKeys: OrganizationDataKeys | null = null): SecretBox {
  return {
    async seal(plain, context) {
      const org = dataKeys === null ? null : organizationOf(context);
      if (dataKeys !== null && org !== null) {
        const { id, bytes } = await dataKeys.newest(org);
        return `s2:${id}:${encrypt(bytes, plain, additional(org, id, context))}`;
      }
      const dataKey = randomBytes(32);
      const body = encrypt(dataKey, plain, context);
      const wrapped = await keyRing.wrap(dataKey, context);
      dataKey.fill(0);
      return `s1:${wrapped}:${body}`;
    },
    async open(sealed, context) {
      const [format, key = '', iv = '', body = '', ...rest] = sealed.split(':');
      if (rest.length > 0) throw new Error('Not a sealed secret of this format');
      if (format === 's1') return decrypt(await keyRing.unwrap(key, context), iv, body, context);
      const org = organizationOf(context);
      if (format !== 's2' || dataKeys === null || org === null) throw new Error('Not a sealed secret of this format');
      const { id, bytes } = await dataKeys.byId(org, key);
      return decrypt(bytes, iv, body, additional(org, id, context));
    },
  };
}

function organizationOf(context: string): string | null {
  return /^[a-z-]+\/([A-Za-z0-9_-]{1,128})\/./.exec(context)?.[1] ?? null;
}

const additional = (org: string, keyId: string, context: string): string => `s2|${org}|${keyId}|${context}`;

function encrypt(key: Uint8Array, plain: string, context: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${iv.toString('base64url')}:${sealed.toString('base64url')}`;
}

/** A tag or an IV of another length is refused before anything is tried with it. */
function decrypt(key: Uint8Array, ivText: string, body: string, context: string): string {
  const iv = Buffer.from(ivText, 'base64url');
  const bytes = Buffer.from(body, 'base64url');
  if (iv.length !== ivBytes || bytes.length < tagBytes) throw new Error('The sealed secret is cut off');
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString('utf8');
}

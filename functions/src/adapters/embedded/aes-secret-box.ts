/**
 * Seals secrets with AES-256-GCM under a data key of their own, which the key ring wraps: no two secrets share a key, so no nonce can
 * repeat. The context is bound to both layers: a ciphertext moved to another document opens nowhere.
 *
 *     sealed = s1:{wrapped data key}:{iv}:{ciphertext and tag}
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing } from '@automateos/shared/ports/key-ring';
import type { SecretBox } from '@automateos/shared/ports/secret-box';

const tagBytes = 16;

export function createAesSecretBox(keyRing: KeyRing): SecretBox {
  return {
    async seal(plain, context) {
      const dataKey = randomBytes(32);
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', dataKey, iv);
      cipher.setAAD(Buffer.from(context));
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      const wrapped = await keyRing.wrap(dataKey, context);
      dataKey.fill(0);
      return `s1:${wrapped}:${iv.toString('base64url')}:${sealed.toString('base64url')}`;
    },
    async open(sealed, context) {
      const [format, wrapped = '', iv = '', body = '', ...rest] = sealed.split(':');
      if (format !== 's1' || rest.length > 0) throw new Error('Not a sealed secret of this format');
      const bytes = Buffer.from(body, 'base64url');
      if (bytes.length < tagBytes) throw new Error('The sealed secret is cut off');
      const dataKey = await keyRing.unwrap(wrapped, context);
      const decipher = createDecipheriv('aes-256-gcm', dataKey, Buffer.from(iv, 'base64url'), { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString('utf8');
    },
  };
}

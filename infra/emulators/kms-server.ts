/**
 * Cloud KMS on loopback, for what has no emulator: Encrypt and Decrypt (AES-256-GCM, additional data, any version that is enabled),
 * MacSign and MacVerify (HMAC-SHA256), the checksums of both ways, and what makes and destroys keys. Keys live in memory: what was
 * wrapped does not open after a restart.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { CRC32C } from '@google-cloud/storage';
import { z } from 'zod';
import { GrpcFailure, type GrpcMethod, type LoopbackServer, startGrpcService } from './grpc-service.ts';
import { createKmsKeys, describeKey, describeVersion, type Key, type KmsKeys, requireEnabled } from './kms-keys.ts';

export type KmsServerOptions = { readonly port?: number };

const Bytes = z.instanceof(Buffer);
const Checksum = z.object({ value: z.string() }).nullish();
const Named = z.object({ name: z.string() });
const Aad = { additionalAuthenticatedData: Bytes, additionalAuthenticatedDataCrc32c: Checksum };
const Encrypt = Named.extend({ plaintext: Bytes, plaintextCrc32c: Checksum, ...Aad });
const Decrypt = Named.extend({ ciphertext: Bytes, ciphertextCrc32c: Checksum, ...Aad });
const MacSign = Named.extend({ data: Bytes, dataCrc32c: Checksum });
const MacVerify = MacSign.extend({ mac: Bytes, macCrc32c: Checksum });

const limitBytes = 64 * 1_024;
const magic = Buffer.from([0x0a, 0x24]);

export function startKmsServer({ port }: KmsServerOptions = {}): Promise<LoopbackServer> {
  const keys = createKmsKeys();
  return startGrpcService({
    ...{ client: '@google-cloud/kms', service: 'google.cloud.kms.v1.KeyManagementService', port },
    methods: { ...keyMethods(keys), ...cipherMethods(keys), ...macMethods(keys) },
  });
}

function keyMethods(keys: KmsKeys): Record<string, GrpcMethod> {
  return {
    CreateKeyRing(request) {
      const { parent, keyRingId } = z.object({ parent: z.string(), keyRingId: z.string() }).parse(request);
      const name = `${parent}/keyRings/${keyRingId}`;
      keys.createRing(name);
      return { name };
    },
    CreateCryptoKey(request) {
      const purposes = z.object({ purpose: z.enum(['ENCRYPT_DECRYPT', 'MAC'], 'Only ENCRYPT_DECRYPT and MAC are spoken here.') });
      const asked = z.object({ parent: z.string(), cryptoKeyId: z.string().min(1), cryptoKey: purposes }).parse(request);
      return describeKey(keys.createKey(asked.parent, asked.cryptoKeyId, asked.cryptoKey.purpose));
    },
    GetCryptoKey: (request) => describeKey(keys.key(Named.parse(request).name)),
    GetCryptoKeyVersion(request) {
      const { key, version } = keys.version(Named.parse(request).name);
      return describeVersion(version, key);
    },
    CreateCryptoKeyVersion(request) {
      const key = keys.key(z.object({ parent: z.string() }).parse(request).parent);
      return describeVersion(keys.addVersion(key), key);
    },
    UpdateCryptoKeyPrimaryVersion(request) {
      const { name, cryptoKeyVersionId } = Named.extend({ cryptoKeyVersionId: z.string() }).parse(request);
      keys.key(name).primary = keys.version(`${name}/cryptoKeyVersions/${cryptoKeyVersionId}`).version.id;
      return describeKey(keys.key(name));
    },
    DestroyCryptoKeyVersion(request) {
      const { key, version } = keys.version(Named.parse(request).name);
      version.destroyed = true;
      return describeVersion(version, key);
    },
  };
}

function cipherMethods(keys: KmsKeys): Record<string, GrpcMethod> {
  return {
    Encrypt(request) {
      const { name, plaintext, additionalAuthenticatedData: aad, ...sums } = Encrypt.parse(request);
      const verified = {
        verifiedPlaintextCrc32c: verify(plaintext, sums.plaintextCrc32c),
        verifiedAdditionalAuthenticatedDataCrc32c: verify(aad, sums.additionalAuthenticatedDataCrc32c),
      };
      const key = keys.key(name, 'ENCRYPT_DECRYPT');
      const version = requireEnabled(keys.version(`${name}/cryptoKeyVersions/${key.primary}`).version);
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', version.bytes, iv).setAAD(aad);
      const sealed = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
      const id = Buffer.alloc(4);
      id.writeUInt32BE(Number(version.id));
      const ciphertext = Buffer.concat([magic, id, iv, sealed]);
      return { name: version.name, ciphertext, ciphertextCrc32c: sum(ciphertext), ...verified, protectionLevel: 'SOFTWARE' };
    },
    Decrypt(request) {
      const { name, ciphertext, additionalAuthenticatedData: aad, ...sums } = Decrypt.parse(request);
      verify(ciphertext, sums.ciphertextCrc32c);
      verify(aad, sums.additionalAuthenticatedDataCrc32c);
      const key = keys.key(name, 'ENCRYPT_DECRYPT');
      const { plaintext, versionId } = open(key, ciphertext, aad);
      const usedPrimary = versionId === key.primary;
      return { plaintext, plaintextCrc32c: sum(plaintext), usedPrimary, protectionLevel: 'SOFTWARE' };
    },
  };
}

/** Two bytes that say what it is, four for the version, then nonce, ciphertext and tag. (The service's own form is its secret.) */
function open(key: Key, ciphertext: Buffer, aad: Buffer): { readonly plaintext: Buffer; readonly versionId: string } {
  const failed = new GrpcFailure('INVALID_ARGUMENT', "Decryption failed: verify that 'name' refers to the correct CryptoKey.");
  if (ciphertext.length < 34 || !ciphertext.subarray(0, 2).equals(magic)) throw failed;
  const version = key.versions.find(({ id }) => id === String(ciphertext.readUInt32BE(2)));
  if (version === undefined) throw failed;
  const decipher = createDecipheriv('aes-256-gcm', requireEnabled(version).bytes, ciphertext.subarray(6, 18), {
    authTagLength: 16,
  });
  decipher.setAAD(aad).setAuthTag(ciphertext.subarray(-16));
  try {
    return { plaintext: Buffer.concat([decipher.update(ciphertext.subarray(18, -16)), decipher.final()]), versionId: version.id };
  } catch {
    throw failed; // the cipher's own words would tell nothing more
  }
}

function macMethods(keys: KmsKeys): Record<string, GrpcMethod> {
  const macOf = (name: string, data: Buffer): Buffer => {
    const { key, version } = keys.version(name);
    keys.key(key.name, 'MAC');
    return createHmac('sha256', requireEnabled(version).bytes).update(data).digest();
  };
  return {
    MacSign(request) {
      const { name, data, dataCrc32c } = MacSign.parse(request);
      const verifiedDataCrc32c = verify(data, dataCrc32c);
      const mac = macOf(name, data);
      return { name, mac, macCrc32c: sum(mac), verifiedDataCrc32c, protectionLevel: 'SOFTWARE' };
    },
    MacVerify(request) {
      const { name, data, dataCrc32c, mac, macCrc32c } = MacVerify.parse(request);
      const verified = { verifiedDataCrc32c: verify(data, dataCrc32c), verifiedMacCrc32c: verify(mac, macCrc32c) };
      const right = macOf(name, data);
      const success = mac.length === right.length && timingSafeEqual(mac, right);
      return { name, success, ...verified, verifiedSuccessIntegrity: success, protectionLevel: 'SOFTWARE' };
    },
  };
}

function crc32c(bytes: Buffer): number {
  const checksum = new CRC32C();
  checksum.update(bytes);
  return checksum.valueOf() >>> 0; // it gives a signed number
}

const sum = (bytes: Buffer) => ({ value: String(crc32c(bytes)) });

/** false when the caller sent no checksum; throws when it does not fit. */
function verify(bytes: Buffer, checksum: z.infer<typeof Checksum>): boolean {
  if (bytes.length > limitBytes) throw new GrpcFailure('INVALID_ARGUMENT', `At most ${limitBytes} bytes are taken.`);
  if (!checksum) return false;
  if (Number(checksum.value) !== crc32c(bytes))
    throw new GrpcFailure('INVALID_ARGUMENT', 'The checksum does not match the data.');
  return true;
}

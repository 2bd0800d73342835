/**
 * The key ring on Cloud KMS: data keys are encrypted and decrypted there, with the context as additional data, so that no key of ours
 * ever exists outside it; keys for purposes are MACs under one fixed version of an HMAC key, asked for once per process. Checksums both
 * ways: a bit that flips on the way must not become a secret that nobody can open.
 *
 *     wrapped = k1.{ciphertext of KMS, which names the key version itself}
 */
import { StoreUnavailable } from '@automateos/shared/ports/document-store';
import type { KeyRing } from '@automateos/shared/ports/key-ring';
import type { KeyManagementServiceClient } from '@google-cloud/kms';
import { crc32c } from './crc32c.ts';
import { bounded, clientOptions, type GoogleService, isTransient, onFirstUse } from './grpc-client.ts';

export type KmsKeyRingOptions = GoogleService & {
  /** `projects/P/locations/L/keyRings/R/cryptoKeys/K`, ENCRYPT_DECRYPT. Its rotation needs nothing here. */
  readonly key: string;
  /** `.../cryptoKeys/M/cryptoKeyVersions/1`, HMAC_SHA256. Never change it: sessions and cursors hang on it. */
  readonly macKeyVersion: string;
  /** When an answer is given up, ms. */
  readonly patienceMs?: number;
};

/** Billable cryptographic operations since the start. */
export type KmsStats = { readonly operations: number };

export type KmsKeyRing = KeyRing & { stats(): KmsStats; close(): Promise<void> };

const defaultPatienceMs = 10_000;

export function createKmsKeyRing(options: KmsKeyRingOptions): KmsKeyRing {
  const client = onFirstUse(async () => {
    const { KeyManagementServiceClient } = await import('@google-cloud/kms');
    return new KeyManagementServiceClient(await clientOptions(options));
  });
  const derived = new Map<string, Promise<Uint8Array>>();
  const limits = bounded(options.patienceMs ?? defaultPatienceMs);
  let operations = 0;

  async function ask<T>(
    what: string,
    call: (kms: KeyManagementServiceClient) => Promise<readonly [T, ...unknown[]]>,
  ): Promise<T> {
    operations += 1;
    try {
      const [answer] = await call(await client.get());
      return answer;
    } catch (error) {
      if (!isTransient(error)) throw new Error(`The key service refused to ${what}`, { cause: error });
      throw new StoreUnavailable(`The key service did not ${what}: ${String(error)}`, { cause: error });
    }
  }

  async function mac(purpose: string): Promise<Uint8Array> {
    const data = Buffer.from(`automateos/derive:${purpose}`);
    const request = { name: options.macKeyVersion, data, dataCrc32c: { value: crc32c(data) } };
    const answer = await ask('derive a key', (kms) => kms.macSign(request, limits));
    if (!answer.verifiedDataCrc32c) throw new StoreUnavailable('The key service received something else than was sent');
    return received(answer.mac, answer.macCrc32c);
  }

  return {
    async wrap(dataKey, context) {
      const [plaintext, aad] = [Buffer.from(dataKey), Buffer.from(context)];
      const request = { name: options.key, plaintext, plaintextCrc32c: { value: crc32c(plaintext) }, ...additional(aad) };
      const answer = await ask('encrypt', (kms) => kms.encrypt(request, limits));
      if (!answer.verifiedPlaintextCrc32c || !answer.verifiedAdditionalAuthenticatedDataCrc32c)
        throw new StoreUnavailable('The key service received something else than was sent');
      return `k1.${Buffer.from(received(answer.ciphertext, answer.ciphertextCrc32c)).toString('base64url')}`;
    },
    async unwrap(wrapped, context) {
      const [format, text = '', ...rest] = wrapped.split('.');
      if (format !== 'k1' || text === '' || rest.length > 0) throw new Error('Not a wrapped key of this format');
      const ciphertext = Buffer.from(text, 'base64url');
      const checksum = { ciphertextCrc32c: { value: crc32c(ciphertext) } };
      const request = { name: options.key, ciphertext, ...checksum, ...additional(Buffer.from(context)) };
      const answer = await ask('decrypt', (kms) => kms.decrypt(request, limits));
      return received(answer.plaintext, answer.plaintextCrc32c);
    },
    async derive(purpose) {
      const known = derived.get(purpose) ?? mac(purpose);
      derived.set(purpose, known);
      try {
        return Uint8Array.from(await known);
      } catch (error) {
        derived.delete(purpose);
        throw error;
      }
    },
    stats: () => ({ operations }),
    close: () => client.close(),
  };
}

const additional = (aad: Buffer) => ({
  additionalAuthenticatedData: aad,
  additionalAuthenticatedDataCrc32c: { value: crc32c(aad) },
});

type Int64 = { readonly value?: number | string | { toString(): string } | null };

function received(bytes: Uint8Array | string | null | undefined, checksum: Int64 | null | undefined): Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw new StoreUnavailable('The key service answered without bytes');
  if (Number(String(checksum?.value)) !== crc32c(bytes)) throw new StoreUnavailable('The answer of the key service was damaged');
  return Uint8Array.from(bytes);
}

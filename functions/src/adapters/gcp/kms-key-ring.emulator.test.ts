import { StoreUnavailable } from '@automateos/shared/ports/document-store';
import { describeKeyRing } from '@automateos/shared/testing/key-ring.conformance';
import { KeyManagementServiceClient } from '@google-cloud/kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKmsServer } from '../../../../infra/emulators/kms-server.ts';
import { crc32c } from './crc32c.ts';
import { clientOptions } from './grpc-client.ts';
import { createKmsKeyRing } from './kms-key-ring.ts';

const projectId = 'demo-test';
const parent = `projects/${projectId}/locations/europe-west1`;

let server: Awaited<ReturnType<typeof startKmsServer>>;
let client: KeyManagementServiceClient;
beforeAll(async () => {
  server = await startKmsServer();
  client = new KeyManagementServiceClient(await clientOptions({ projectId, endpoint: server.host }));
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

let rings = 0;

/** A key ring of its own with both keys. */
async function newKeys(): Promise<{ readonly key: string; readonly macKeyVersion: string }> {
  rings += 1;
  const ring = `${parent}/keyRings/r${rings}`;
  await client.createKeyRing({ parent, keyRingId: `r${rings}`, keyRing: {} });
  await client.createCryptoKey({ parent: ring, cryptoKeyId: 'wrap', cryptoKey: { purpose: 'ENCRYPT_DECRYPT' } });
  await client.createCryptoKey({ parent: ring, cryptoKeyId: 'mac', cryptoKey: { purpose: 'MAC' } });
  return { key: `${ring}/cryptoKeys/wrap`, macKeyVersion: `${ring}/cryptoKeys/mac/cryptoKeyVersions/1` };
}

describeKeyRing('Cloud KMS', async () => {
  const keys = await newKeys();
  const opened: ReturnType<typeof createKmsKeyRing>[] = [];
  const again = async () => {
    const ring = createKmsKeyRing({ projectId, endpoint: server.host, ...keys });
    opened.push(ring);
    return ring;
  };
  return {
    ring: await again(),
    again,
    async rotate() {
      const [version] = await client.createCryptoKeyVersion({ parent: keys.key, cryptoKeyVersion: {} });
      await client.updateCryptoKeyPrimaryVersion({ name: keys.key, cryptoKeyVersionId: version.name?.split('/').at(-1) ?? '' });
      return again();
    },
    async withoutItsKey() {
      await client.destroyCryptoKeyVersion({ name: `${keys.key}/cryptoKeyVersions/1` });
      return again();
    },
    close: async () => void (await Promise.all(opened.map((ring) => ring.close()))),
  };
});

describe('the key ring on Cloud KMS', () => {
  it('asks once for each purpose, also when many ask at a time, and counts what is billed', async () => {
    const ring = createKmsKeyRing({ projectId, endpoint: server.host, ...(await newKeys()) });
    await Promise.all([1, 2, 3].map(() => ring.derive('cursor')));
    await ring.derive('cursor');
    expect(ring.stats()).toEqual({ operations: 1 });
    await ring.unwrap(await ring.wrap(new Uint8Array(32), 'c'), 'c');
    expect(ring.stats()).toEqual({ operations: 3 });
    await ring.close();
  });

  it('tells an outage, which passes, from a key that does not open', async () => {
    const keys = await newKeys();
    const mortal = await startKmsServer();
    const dead = mortal.host;
    await mortal.stop();
    const away = createKmsKeyRing({ projectId, endpoint: dead, ...keys, patienceMs: 500 });
    await expect(away.derive('cursor')).rejects.toThrow(StoreUnavailable);
    await away.close();
    const ring = createKmsKeyRing({ projectId, endpoint: server.host, ...keys });
    const text = await ring.wrap(new Uint8Array(32), 'c');
    const refused: unknown = await ring.unwrap(text, 'd').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Error);
    expect(refused).not.toBeInstanceOf(StoreUnavailable);
    await ring.close();
  });

  it('uses the checksum that the services use', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array())).toBe(0);
  });
});

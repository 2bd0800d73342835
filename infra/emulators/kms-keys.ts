/**
 * Key rings, keys and their versions as Cloud KMS names them, with real key material that never leaves this process and is gone with it.
 * Version 1 of a key is made with it; of a symmetric key one version is the primary, which encrypts.
 */
import { randomBytes } from 'node:crypto';
import { GrpcFailure } from './grpc-service.ts';

export type KeyPurpose = 'ENCRYPT_DECRYPT' | 'MAC';
export type KeyVersion = { readonly name: string; readonly id: string; readonly bytes: Buffer; destroyed: boolean };
export type Key = { readonly name: string; readonly purpose: KeyPurpose; readonly versions: KeyVersion[]; primary: string };

const notFound = (name: string): GrpcFailure => new GrpcFailure('NOT_FOUND', `${name} not found.`);

export type KmsKeys = ReturnType<typeof createKmsKeys>;

export function createKmsKeys() {
  const rings = new Set<string>();
  const keys = new Map<string, Key>();

  function key(name: string, purpose?: KeyPurpose): Key {
    const found = keys.get(name);
    if (found === undefined) throw notFound(`CryptoKey ${name}`);
    if (purpose !== undefined && found.purpose !== purpose)
      throw new GrpcFailure('FAILED_PRECONDITION', `${name} has purpose ${found.purpose}, which this operation does not take.`);
    return found;
  }

  function addVersion(to: Key): KeyVersion {
    const id = String(to.versions.length + 1);
    const made = { name: `${to.name}/cryptoKeyVersions/${id}`, id, bytes: randomBytes(32), destroyed: false };
    to.versions.push(made);
    return made;
  }

  return {
    key,
    addVersion,
    createRing(name: string): void {
      if (rings.has(name)) throw new GrpcFailure('ALREADY_EXISTS', `KeyRing ${name} already exists.`);
      rings.add(name);
    },
    createKey(ring: string, id: string, purpose: KeyPurpose): Key {
      if (!rings.has(ring)) throw notFound(`KeyRing ${ring}`);
      const name = `${ring}/cryptoKeys/${id}`;
      if (keys.has(name)) throw new GrpcFailure('ALREADY_EXISTS', `CryptoKey ${name} already exists.`);
      const made: Key = { name, purpose, versions: [], primary: '1' };
      addVersion(made);
      keys.set(name, made);
      return made;
    },
    version(name: string): { readonly key: Key; readonly version: KeyVersion } {
      const [keyName = '', id = ''] = name.split('/cryptoKeyVersions/');
      const owner = key(keyName);
      const version = owner.versions.find((one) => one.id === id);
      if (version === undefined) throw notFound(`CryptoKeyVersion ${name}`);
      return { key: owner, version };
    },
  };
}

export function requireEnabled(version: KeyVersion): KeyVersion {
  if (!version.destroyed) return version;
  throw new GrpcFailure('FAILED_PRECONDITION', `${version.name} is not enabled, current state is: DESTROY_SCHEDULED.`);
}

export const describeVersion = ({ name, destroyed }: KeyVersion, { purpose }: Key) => ({
  name,
  state: destroyed ? 'DESTROY_SCHEDULED' : 'ENABLED',
  protectionLevel: 'SOFTWARE',
  algorithm: purpose === 'MAC' ? 'HMAC_SHA256' : 'GOOGLE_SYMMETRIC_ENCRYPTION',
});

export function describeKey(key: Key) {
  const primary = key.versions.find(({ id }) => id === key.primary);
  return {
    ...{ name: key.name, purpose: key.purpose },
    primary: key.purpose === 'MAC' || primary === undefined ? null : describeVersion(primary, key),
  };
}

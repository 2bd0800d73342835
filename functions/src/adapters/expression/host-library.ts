/**
 * The part of the expression library that QuickJS lacks: time zones, hashes, base64. Plain JSON in and out, sizes bounded, no access
 * to anything; runs in the sandbox's worker. Answers `{value}` or `{error}` as JSON and never throws.
 */
import { createHash, createHmac, randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import type { JsonValue } from '@automateos/shared/model/json';
import { type DateLibrary, dateLibrary } from './date-library.ts';
import type { HostLibrary } from './quickjs-engine.ts';

/** Characters of all arguments. */
const maxArguments = 4_194_304;

export class LibraryError extends Error {}

export function createHostLibrary(): HostLibrary {
  let dates: DateLibrary | undefined;
  return (name, argumentsJson) => {
    try {
      if (argumentsJson.length > maxArguments) throw new LibraryError(`${name} takes at most ${maxArguments} characters`);
      const values: readonly JsonValue[] = JSON.parse(argumentsJson);
      if (name.startsWith('date.')) {
        // luxon is loaded by the first expression that needs it.
        dates ??= dateLibrary(createRequire(import.meta.url)('luxon'));
        return JSON.stringify({ value: dates(name.slice(5), values) });
      }
      return JSON.stringify({ value: textFunction(name, values) });
    } catch (error) {
      return JSON.stringify({ error: `${name}: ${error instanceof Error ? error.message : String(error)}` });
    }
  };
}

function textFunction(name: string, values: readonly JsonValue[]): JsonValue {
  switch (name) {
    case 'random':
      return randomInt(2 ** 47) / 2 ** 47;
    case 'base64.encode':
      return Buffer.from(text(values[0])).toString(values[1] === 'url' ? 'base64url' : 'base64');
    case 'base64.decode':
      return decodeBase64(text(values[0]));
    case 'hash.sha256':
    case 'hash.sha512':
    case 'hash.sha1':
    case 'hash.md5':
      return createHash(name.slice(5)).update(text(values[0])).digest(encoding(values[1]));
    case 'hash.hmac':
      return createHmac(algorithm(values[2]), text(values[0])).update(text(values[1])).digest(encoding(values[3]));
    default:
      throw new LibraryError('there is no such function');
  }
}

function text(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new LibraryError('needs a text');
}

function decodeBase64(encoded: string): string {
  const compact = encoded.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(compact)) throw new LibraryError('this is not base64');
  return Buffer.from(compact, 'base64').toString('utf8');
}

function encoding(value: JsonValue | undefined): 'hex' | 'base64' | 'base64url' {
  if (value === undefined || value === null) return 'hex';
  if (value === 'hex' || value === 'base64' || value === 'base64url') return value;
  throw new LibraryError('the encoding is hex, base64 or base64url');
}

function algorithm(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return 'sha256';
  if (value === 'sha256' || value === 'sha512' || value === 'sha1' || value === 'md5') return value;
  throw new LibraryError('the algorithm is sha256, sha512, sha1 or md5');
}

/**
 * Replaces known secrets by `[secret:name]` in whatever is going to be stored or shown: one pass of one expression over each text, whatever
 * the number of secrets. Values without a secret come back as they are, not as a copy.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { spellingsOf } from './spellings.ts';

export type SecretValue = {
  /** Of the credential. */
  readonly name: string;
  readonly value: string;
};

export type Masker = {
  text(text: string): string;
  json(value: JsonValue): JsonValue;
  /** On the bytes, before they are parsed, so that it holds for every kind of body. */
  bytes(bytes: Uint8Array): Uint8Array;
};

/** A key of some kilobytes takes milliseconds to spell; whoever keeps the secret has it spelled once. */
const spelled = new WeakMap<SecretValue, readonly string[]>();

/** Null where there is nothing to hide. */
export function createMasker(secrets: readonly SecretValue[]): Masker | null {
  const masks = new Map<string, string>();
  for (const secret of secrets) for (const spelling of spellings(secret)) masks.set(spelling, maskOf(secret.name));
  if (masks.size === 0) return null;
  const known = [...masks.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(known.map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
  const maskText = (text: string): string => text.replace(pattern, (found) => masks.get(found) ?? '');
  return {
    text: maskText,
    json: (value) => maskJson(value, maskText),
    bytes: createByteMasker(masks, known),
  };
}

function spellings(secret: SecretValue): readonly string[] {
  const known = spelled.get(secret) ?? spellingsOf(secret.value);
  spelled.set(secret, known);
  return known;
}

/** Plain characters only: it may come to stand in JSON, in a header, in bytes of any charset. */
function maskOf(name: string): string {
  return `[secret:${name.replaceAll(/[^A-Za-z0-9 ._@-]/g, '_').slice(0, 100)}]`;
}

function maskJson(value: JsonValue, maskText: (text: string) => string): JsonValue {
  if (typeof value === 'string') return maskText(value);
  if (value === null || typeof value !== 'object') return value;
  if (!isJsonObject(value)) {
    const items = value.map((item) => maskJson(item, maskText));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const entries = Object.entries(value).map(([key, item]) => [maskText(key), maskJson(item, maskText)] as const);
  return entries.every(([key, item]) => Object.hasOwn(value, key) && value[key] === item)
    ? value
    : (Object.fromEntries(entries) satisfies JsonObject);
}

function createByteMasker(masks: ReadonlyMap<string, string>, known: readonly string[]): Masker['bytes'] {
  return (given) => {
    let bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
    for (const secret of known) {
      if (!bytes.includes(secret)) continue;
      const needle = Buffer.from(secret).toString('latin1');
      bytes = Buffer.from(bytes.toString('latin1').replaceAll(needle, masks.get(secret) ?? ''), 'latin1');
    }
    return bytes;
  };
}

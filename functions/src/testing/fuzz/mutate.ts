/** A value with a few of its places spoiled: replaced, left out, wrapped, or given a key that nobody asked for. */
import { isJsonObject, type JsonValue } from '@automateos/shared/model/json';
import fc from 'fast-check';
import { hostileKeys, hostileValue, withKey } from './hostile-values.ts';

type Mutation = {
  readonly kind: 'replace' | 'drop' | 'wrap' | 'key';
  readonly at: number;
  readonly key: string;
  readonly value: JsonValue;
};

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('replace', 'replace', 'drop', 'wrap', 'key'),
  at: fc.nat(50),
  key: fc.constantFrom(...hostileKeys),
  value: hostileValue,
});

export function mutated(valid: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue> {
  return fc
    .tuple(valid, fc.array(mutation, { minLength: 1, maxLength: 3 }))
    .map(([value, mutations]) => mutations.reduce(spoil, value));
}

function spoil(value: JsonValue, mutation: Mutation): JsonValue {
  const left = { places: mutation.at % (countPlaces(value) + 1) };
  return spoilAt(value, mutation, left) ?? null;
}

/** Walks down to the place that is meant; undefined leaves it out. */
function spoilAt(value: JsonValue, mutation: Mutation, left: { places: number }): JsonValue | undefined {
  if (left.places-- === 0) return spoiled(value, mutation);
  if (Array.isArray(value)) return value.flatMap((child) => spoilAt(child, mutation, left) ?? []);
  if (!isJsonObject(value)) return value;
  let copy: JsonValue = {};
  for (const [key, child] of Object.entries(value)) {
    const changed = spoilAt(child, mutation, left);
    if (changed !== undefined && isJsonObject(copy)) copy = withKey(copy, key, changed);
  }
  return copy;
}

function spoiled(value: JsonValue, { kind, key, value: other }: Mutation): JsonValue | undefined {
  switch (kind) {
    case 'replace':
      return other;
    case 'drop':
      return undefined;
    case 'wrap':
      return [value];
    case 'key':
      return isJsonObject(value) ? withKey(value, key, other) : withKey({}, key, value);
  }
}

function countPlaces(value: JsonValue): number {
  const children: readonly JsonValue[] = Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : [];
  return children.reduce<number>((sum, child) => sum + countPlaces(child), 1);
}

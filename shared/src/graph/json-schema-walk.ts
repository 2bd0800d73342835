/** Reads what a generated JSON Schema says at a path: which keys are known there, and which params carry a hint (model/any-json.ts). */
import { z } from 'zod';
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../model/json.ts';

const cache = new WeakMap<z.ZodType, JsonObject>();

/** As a client writes it (`io: input`); what JSON Schema cannot say is left open. Computed once per schema. */
export function jsonSchemaOf(schema: z.ZodType): JsonObject {
  const known = cache.get(schema);
  if (known) return known;
  // zod types the result as its own JSONSchema; it is plain JSON.
  const generated = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonObject;
  cache.set(schema, generated);
  return generated;
}

export function knownKeysAt(root: JsonObject, path: readonly PropertyKey[]): readonly string[] {
  let at: readonly JsonObject[] = variants(root, root);
  for (const segment of path) at = at.flatMap((schema) => variants(step(schema, segment), root));
  return at.flatMap((schema) => (isJsonObject(schema.properties) ? Object.keys(schema.properties) : []));
}

function step(schema: JsonObject, segment: PropertyKey): JsonValue | undefined {
  if (typeof segment === 'number') return schema.items;
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  return ownValue(properties, String(segment)) ?? schema.additionalProperties;
}

/** The schema itself or, for unions and references, those it stands for. */
function variants(schema: JsonValue | undefined, root: JsonObject, depth = 0): readonly JsonObject[] {
  if (!isJsonObject(schema) || depth > 8) return [];
  const { $ref, anyOf, oneOf, allOf } = schema;
  if (typeof $ref === 'string' && $ref.startsWith('#/')) {
    let target: JsonValue | undefined = root;
    for (const key of $ref.slice(2).split('/')) target = isJsonObject(target) ? ownValue(target, key) : undefined;
    return variants(target, root, depth + 1);
  }
  const choices = [anyOf, oneOf, allOf].flatMap((list) => (Array.isArray(list) ? list : []));
  return [schema, ...choices.flatMap((choice) => variants(choice, root, depth + 1))];
}

/** Where hinted params are: `['cases', '*', 'when']`. */
export type HintedParam = { readonly path: readonly string[]; readonly hint: string };

const hints = new WeakMap<z.ZodType, readonly HintedParam[]>();

export function hintedParams(schema: z.ZodType): readonly HintedParam[] {
  const known = hints.get(schema);
  if (known) return known;
  const found: HintedParam[] = [];
  collectHints(jsonSchemaOf(schema), [], found);
  hints.set(schema, found);
  return found;
}

function collectHints(schema: JsonValue | undefined, path: readonly string[], found: HintedParam[]): void {
  if (!isJsonObject(schema) || path.length > 6) return;
  const hint = schema['x-hint'];
  if (typeof hint === 'string') found.push({ path, hint });
  if (isJsonObject(schema.properties)) {
    for (const [key, property] of Object.entries(schema.properties)) collectHints(property, [...path, key], found);
  }
  collectHints(schema.items, [...path, '*'], found);
  collectHints(schema.additionalProperties, [...path, '*'], found);
}

/** Every value that such a path leads to, with the path it was found at. */
export function* valuesAt(
  value: JsonValue,
  pattern: readonly string[],
  path: readonly (string | number)[] = [],
): Generator<{ readonly value: JsonValue; readonly path: readonly (string | number)[] }> {
  const [first, ...rest] = pattern;
  if (first === undefined) yield { value, path };
  else if (Array.isArray(value)) {
    if (first === '*') for (const [at, element] of value.entries()) yield* valuesAt(element, rest, [...path, at]);
  } else if (isJsonObject(value)) {
    for (const key of first === '*' ? Object.keys(value) : [first]) {
      const inner = ownValue(value, key);
      if (inner !== undefined) yield* valuesAt(inner, rest, [...path, key]);
    }
  }
}

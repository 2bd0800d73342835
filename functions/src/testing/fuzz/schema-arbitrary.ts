/**
 * Values that fit a schema of the OpenAPI document, as far as they can be told from it: what zod writes, no more. A pattern that cannot be
 * drawn from is met by a text that people would send.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import fc from 'fast-check';

type Draw = fc.Arbitrary<JsonValue>;

const plainTexts = [
  'name',
  'a',
  'Ada Lovelace',
  'ada@example.test',
  'http-bearer',
  'start',
  '2026-03-01T12:00:00Z',
  'https://example.test/x',
];
const anyValue: Draw = fc.jsonValue({ maxDepth: 2 }).map((value) => value as JsonValue); // it makes nothing else

export function schemaArbitrary(document: JsonObject, schema: JsonValue | undefined, depth = 0): Draw {
  if (!isJsonObject(schema) || depth > 6) return anyValue;
  const draw = (inner: JsonValue | undefined) => schemaArbitrary(document, inner, depth + 1);
  if (typeof schema.$ref === 'string') return draw(resolveRef(document, schema.$ref));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices) && choices.length > 0) return fc.oneof(...choices.map(draw));
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(draw(schema.items), {
        minLength: numberIn(schema.minItems, 0),
        maxLength: Math.min(numberIn(schema.maxItems, 4), 4),
      });
    case 'object':
      return objectOf(schema, draw);
    default:
      return anyValue;
  }
}

export function resolveRef(document: JsonObject, ref: string): JsonValue | undefined {
  let at: JsonValue | undefined = document;
  for (const part of ref.replace('#/', '').split('/')) {
    at = isJsonObject(at) ? at[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  }
  return at;
}

function objectOf(schema: JsonObject, draw: (schema: JsonValue | undefined) => Draw): Draw {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.filter((name) => typeof name === 'string') : [];
  const model = Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, draw(property)]));
  const known: Draw = fc.record(model, { requiredKeys: required.filter((name) => name in model) });
  if (!isJsonObject(schema.additionalProperties)) return known;
  const more = fc.dictionary(
    fc.constantFrom('token', 'user', 'password', 'name', 'value', 'x'),
    draw(schema.additionalProperties),
    { maxKeys: 3 },
  );
  return fc.tuple(known, more).map(([one, other]) => ({ ...(isJsonObject(one) ? one : {}), ...other }));
}

function textOf(schema: JsonObject): Draw {
  const bounds = { minLength: numberIn(schema.minLength, 0), maxLength: Math.min(numberIn(schema.maxLength, 40), 40) };
  const free = fc.string({ ...bounds, maxLength: Math.max(bounds.minLength, bounds.maxLength) });
  if (schema.format === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString());
  const plain = fc.constantFrom(...plainTexts);
  if (typeof schema.pattern !== 'string') return fc.oneof(free, plain);
  return fc.oneof(plain, fc.string({ unit: fc.constantFrom(...'abcdefgh_0123'), minLength: 1, maxLength: 20 }));
}

function numberOf(schema: JsonObject): Draw {
  const min = numberIn(schema.minimum, 0);
  const max = Math.max(min, Math.min(numberIn(schema.maximum, 1_000), min + 1_000_000));
  const drawn = fc.oneof(fc.constantFrom(min, max), fc.integer({ min: Math.ceil(min), max: Math.floor(max) }));
  return schema.type === 'integer' ? drawn : fc.oneof(drawn, fc.constant(min + (max - min) / 3));
}

function numberIn(value: JsonValue | undefined, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

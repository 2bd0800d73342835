/**
 * Prepares a user-given schema for compiling: refuses what is too large or refers outside itself, and gives every subschema a price
 * (`x-fuel`) that is paid each time it is evaluated, so that references which multiply the work run out of fuel instead of time.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { schemaLimits } from '@automateos/shared/model/json-schema-shape';

export const fuelKeyword = 'x-fuel';

/** Evaluations of subschemas and characters matched, in one validation: some tenths of a second. */
export const fuelLimit = 2_000_000;

export class SchemaRefused extends Error {
  override readonly name = 'SchemaRefused';
}

const holdsData = new Set(['enum', 'const', 'default', 'examples', 'required', 'type']);
const holdsNamedSchemas = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'dependencies',
]);
const references = ['$ref', '$dynamicRef', '$recursiveRef'];

/** A copy with prices. Throws SchemaRefused. */
export function withFuel(schema: JsonValue): JsonValue {
  let count = 0;

  function visit(value: JsonValue, depth: number): JsonValue {
    if (depth > schemaLimits.depth) throw new SchemaRefused(`it is nested deeper than ${schemaLimits.depth} levels`);
    if (Array.isArray(value)) return value.map((one) => visit(one, depth + 1));
    if (!isJsonObject(value)) return value;
    count += 1;
    if (count > schemaLimits.subschemas) throw new SchemaRefused(`it has more than ${schemaLimits.subschemas} parts`);
    refuseOutsideReferences(value);
    const entries = Object.entries(value).map(([keyword, content]): [string, JsonValue] => {
      if (holdsData.has(keyword)) return [keyword, content];
      if (!holdsNamedSchemas.has(keyword) || !isJsonObject(content)) return [keyword, visit(content, depth + 1)];
      const named = Object.entries(content).map(([name, one]): [string, JsonValue] => [name, visit(one, depth + 1)]);
      return [keyword, Object.fromEntries(named)];
    });
    return Object.fromEntries([...entries, [fuelKeyword, priceOf(value)]]);
  }

  return visit(schema, 0);
}

/** One, and what its lists and maps hold: their members may each be looked at. */
function priceOf(schema: JsonObject): number {
  let price = 1;
  for (const content of Object.values(schema)) {
    if (typeof content === 'object' && content !== null) price += 1 + Object.keys(content).length;
  }
  return price;
}

function refuseOutsideReferences(schema: JsonObject): void {
  for (const keyword of references) {
    const target = schema[keyword];
    if (typeof target === 'string' && !target.startsWith('#')) {
      throw new SchemaRefused(`${keyword} ${JSON.stringify(target.slice(0, 100))} leads outside the schema`);
    }
  }
}

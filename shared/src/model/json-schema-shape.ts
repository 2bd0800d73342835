/**
 * A JSON Schema as a value (a workflow's inputs, an approval's form): checks that its keywords have the right shape, which is where typing
 * errors show. Whether data fits a schema is the server's to say (ajv).
 */
import { z } from 'zod';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

export type SchemaFault = { readonly path: readonly (string | number)[]; readonly reason: string };

const typeNames: ReadonlySet<JsonValue> = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);
const subSchema = [
  'items',
  'additionalProperties',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'unevaluatedProperties',
];
const subSchemaLists = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const subSchemaMaps = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];
const counts = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'];
const numbers = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];

/** Of a schema that is used: what is larger would be refused by whoever compiles it. */
export const schemaLimits = { bytes: 65_536, depth: 50, subschemas: 1_000 } as const;

/** Faults that are told of one schema. */
const mostFaults = 100;

/** The caller has bounded the depth. */
export function jsonSchemaFaults(schema: JsonValue): SchemaFault[] {
  if (JSON.stringify(schema).length > schemaLimits.bytes)
    return [{ path: [], reason: `A JSON Schema has at most ${schemaLimits.bytes} bytes` }];
  return faultsOf(schema, []).slice(0, mostFaults);
}

function faultsOf(schema: JsonValue, path: readonly (string | number)[]): SchemaFault[] {
  if (typeof schema === 'boolean') return [];
  if (!isJsonObject(schema)) return [{ path, reason: 'A JSON Schema is an object, true or false' }];
  return [...keywordFaults(schema, path), ...innerFaults(schema, path)];
}

function keywordFaults(schema: JsonObject, path: readonly (string | number)[]): SchemaFault[] {
  const faults: SchemaFault[] = [];
  const fault = (keyword: string, reason: string) => faults.push({ path: [...path, keyword], reason });
  const { type, required, pattern, $ref } = schema;
  const enumeration = schema.enum;
  if (type !== undefined && ![type].flat().every((name) => typeNames.has(name as JsonValue))) {
    fault('type', `A type is one of ${[...typeNames].join(', ')}, or a list of them`);
  }
  if (required !== undefined && !(Array.isArray(required) && required.every((name) => typeof name === 'string'))) {
    fault('required', 'The keyword required is a list of property names');
  }
  if (enumeration !== undefined && !Array.isArray(enumeration)) fault('enum', 'The keyword enum is a list');
  for (const keyword of counts) {
    const count = schema[keyword];
    if (count !== undefined && !(Number.isInteger(count) && Number(count) >= 0))
      fault(keyword, `The keyword ${keyword} is a whole number`);
  }
  for (const keyword of numbers) {
    if (schema[keyword] !== undefined && typeof schema[keyword] !== 'number')
      fault(keyword, `The keyword ${keyword} is a number`);
  }
  if (pattern !== undefined && !isPattern(pattern)) fault('pattern', 'The keyword pattern is no regular expression');
  if ($ref !== undefined && !(typeof $ref === 'string' && $ref.startsWith('#')))
    fault('$ref', 'A $ref leads only inside the schema, as #/$defs/name');
  return faults;
}

function innerFaults(schema: JsonObject, path: readonly (string | number)[]): SchemaFault[] {
  const faults: SchemaFault[] = [];
  for (const keyword of subSchema) {
    const inner = schema[keyword];
    if (inner !== undefined) faults.push(...faultsOf(inner, [...path, keyword]));
  }
  for (const keyword of subSchemaLists) {
    const list = schema[keyword];
    if (list === undefined) continue;
    if (Array.isArray(list)) faults.push(...list.flatMap((inner: JsonValue, at) => faultsOf(inner, [...path, keyword, at])));
    else faults.push({ path: [...path, keyword], reason: `The keyword ${keyword} is a list of schemas` });
  }
  for (const keyword of subSchemaMaps) {
    const map = schema[keyword];
    if (map === undefined) continue;
    if (isJsonObject(map))
      faults.push(...Object.entries(map).flatMap(([name, inner]) => faultsOf(inner, [...path, keyword, name])));
    else faults.push({ path: [...path, keyword], reason: `The keyword ${keyword} is an object of schemas` });
  }
  return faults;
}

function isPattern(pattern: JsonValue): boolean {
  if (typeof pattern !== 'string') return false;
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false; // a SyntaxError is the only way RegExp says no
  }
}

/** A param that holds a JSON Schema. */
export const JsonSchemaValue = z.record(z.string(), z.unknown()).superRefine((schema, context) => {
  for (const { path, reason } of jsonSchemaFaults(schema as JsonObject)) {
    // The value came out of a definition, which is JSON.
    context.addIssue({ code: 'custom', path: [...path], message: reason, params: { code: 'INVALID_JSON_SCHEMA' } });
  }
});

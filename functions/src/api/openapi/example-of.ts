/**
 * An example that fits a JSON Schema: what the schema itself gives (const, enum, default), what our field names usually hold, else the
 * simplest value. The same schema gives the same example. Every one is checked against its schema by a test.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { exampleDefinition, ofExampleDefinition, textByName, textByPattern } from './example-values.ts';

export type Schemas = Readonly<Record<string, JsonValue>>;

/** Deeper than any of our answers; what recurs ends there. */
const mostDepth = 8;

export function exampleOf(schema: JsonValue | undefined, schemas: Schemas, name = '', depth = 0): JsonValue {
  if (!isJsonObject(schema)) return {};
  const { $ref, anyOf, oneOf, allOf } = schema;
  if (typeof $ref === 'string') return ofReference($ref, schemas, name, depth);
  if (schema.example !== undefined) return schema.example;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum.find((value) => usualChoice.has(value)) ?? schema.enum[0] ?? null;
  if (schema.default !== undefined) return schema.default;
  if (Array.isArray(anyOf)) return exampleOf(chosen(anyOf, name), schemas, name, depth);
  if (Array.isArray(oneOf)) return exampleOf(chosen(oneOf, name), schemas, name, depth);
  if (Array.isArray(allOf)) return merged(allOf, schemas, depth);
  if (Array.isArray(schema.type) && schema.type.includes('null') && nullByName.has(name)) return null;
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return objectOf(schema, schemas, depth, name);
    case 'array':
      return depth >= mostDepth ? [] : arrayOf(schema, schemas, name, depth);
    case 'string':
      return textOf(schema, name);
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return {}; // any JSON
  }
}

function ofReference($ref: string, schemas: Schemas, name: string, depth: number): JsonValue {
  const component = $ref.slice($ref.lastIndexOf('/') + 1);
  if (component === 'Definition' || component === 'DefinitionInput') return exampleDefinition;
  if (depth > mostDepth) return {};
  const target = schemas[component];
  return isJsonObject(target) && target.type === 'object'
    ? objectOf(target, schemas, depth + 1, component)
    : exampleOf(target, schemas, name, depth + 1);
}

/** Of alternatives the first that is not null; a last page is what most readers see. */
function chosen(options: readonly JsonValue[], name: string): JsonValue | undefined {
  const isNull = (option: JsonValue) => isJsonObject(option) && option.type === 'null';
  if (nullByName.has(name) && options.some(isNull)) return { type: 'null' };
  return options.find((option) => !isNull(option)) ?? options[0];
}

/** What is null in an ordinary answer. */
const nullByName: ReadonlySet<string> = new Set([
  ...[
    'nextCursor',
    'error',
    'stopping',
    'parent',
    'forkedFrom',
    'wakeAt',
    'items',
    'deadlineAt',
    'traceId',
    'label',
    'port',
    'note',
  ],
  ...['revokedAt', 'deletedAt', 'cursor'],
]);

function merged(parts: readonly JsonValue[], schemas: Schemas, depth: number): JsonValue {
  return Object.assign({}, ...parts.map((part) => exampleOf(part, schemas, '', depth)));
}

/** All that must be there, and what else is plain to say. `noun`: the name of the schema, or of the field that it is written out in. */
function objectOf(schema: JsonObject, schemas: Schemas, depth: number, noun: string): JsonObject {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const shown = Object.entries(properties).filter(([key]) => required.has(key) || (depth < 2 && usual.has(key)));
  // records whose keys are known name them here
  const others = [...required].filter((key): key is string => typeof key === 'string' && !Object.hasOwn(properties, key));
  const all = [...shown, ...others.map((key) => [key, schema.additionalProperties] as const)];
  return Object.fromEntries(
    all.map(([key, property]) => [
      key,
      key === 'id' ? idOf(property, noun) : (ofExampleDefinition[key] ?? exampleOf(property, schemas, key, depth + 1)),
    ]),
  );
}

/** As the noun's ids begin; a workflow's where it is not known. */
function idOf(schema: JsonValue | undefined, noun: string): JsonValue {
  const fallback = exampleOf(schema, {}, 'id');
  const prefix = prefixes.find(([start]) => noun.startsWith(start))?.[1];
  return prefix === undefined || typeof fallback !== 'string' ? fallback : `${prefix}_3f5h7k9m2p4r6t8v1x3z5b7d`;
}

const prefixes: readonly (readonly [string, string])[] = [
  ['Execution', 'exe'],
  ['Approval', 'apr'],
  ['Credential', 'crd'],
  ['ApiKey', 'key'],
  ['NewApiKey', 'key'],
  ['DeadLetter', 'dlq'],
  ['Organization', 'org'],
  ['Member', 'usr'],
  ['AuditEntry', 'aud'],
  ['Invitation', 'inv'],
  ['NewInvitation', 'inv'],
  ['SignedInSession', 'ses'],
  ['WebhookEndpoint', 'whe'],
  ['WebhookDelivery', 'dlv'],
  ['user', 'usr'],
  ['organization', 'org'],
  ['execution', 'exe'],
];

const usualChoice: ReadonlySet<JsonValue> = new Set(['succeeded', 'pending', 'editor', 'manual']);

/** Optional fields that an example is the better for. */
const usual: ReadonlySet<string> = new Set(['input', 'name', 'comment', 'role', 'nodeId', 'problems']);

function arrayOf(schema: JsonObject, schemas: Schemas, name: string, depth: number): JsonValue {
  if (Array.isArray(schema.prefixItems)) return schema.prefixItems.map((item) => exampleOf(item, schemas, name, depth + 1));
  if (emptyByName.has(name)) return [];
  return [exampleOf(schema.items, schemas, name.replace(/s$/, ''), depth + 1)];
}

const emptyByName: ReadonlySet<string> = new Set(['problems', 'logs', 'missing', 'tries', 'deadLetters', 'tags', 'removed']);

function textOf(schema: JsonObject, name: string): string {
  const { format, pattern, minLength } = schema;
  const byPattern = typeof pattern === 'string' ? textByPattern(pattern) : undefined;
  if (byPattern !== undefined) return byPattern;
  const known = textByName(name, format);
  if (known !== undefined) return known;
  const least = typeof minLength === 'number' ? minLength : 0;
  return (name === '' ? 'text' : name).padEnd(least, '-');
}

function numberOf({ minimum, maximum }: JsonObject): number {
  const least = typeof minimum === 'number' && minimum > -1e9 ? minimum : 0;
  const most = typeof maximum === 'number' ? maximum : 1e9;
  return Math.min(Math.max(least, 1), most);
}

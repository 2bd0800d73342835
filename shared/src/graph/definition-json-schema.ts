/**
 * The JSON Schema of definitions with the params of every known node type, for editors and for clients that are not written in
 * TypeScript. Every param may be an expression instead of a value. What a schema cannot say (the graph, the expressions) is
 * validateDefinition's.
 */
import { Definition } from '../model/definition.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { NodeManifest } from '../model/node-manifest.ts';
import { jsonSchemaOf } from './json-schema-walk.ts';

const templateRef: JsonObject = { $ref: '#/$defs/template' };

export function definitionJsonSchema(manifests: ReadonlyMap<string, NodeManifest>): JsonObject {
  const types = [...manifests.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  const { $schema, properties, $defs, ...rest } = objectOf(jsonSchemaOf(Definition));
  const all = objectOf(properties);
  const nodes = objectOf(all.nodes);
  const defs = types.map((manifest) => [`params.${manifest.type}`, paramsJsonSchema(manifest)] as const);
  return {
    $schema: $schema ?? null,
    title: 'AutomateOS workflow',
    ...rest,
    properties: { ...all, nodes: { ...nodes, items: nodeSchema(objectOf(nodes.items), types) } },
    $defs: {
      ...objectOf($defs ?? {}),
      template: {
        type: 'string',
        pattern: '\\{\\{',
        description: 'An expression in double braces, evaluated when the step runs',
      },
      ...hoisted(Object.fromEntries(defs)),
    },
  };
}

/** The params of one type as a client writes them: each may be an expression, where braces are not plain text. */
export function paramsJsonSchema(manifest: NodeManifest): JsonObject {
  const { $schema: _, ...schema } = jsonSchemaOf(manifest.params);
  const raw = new Set(manifest.rawParams ?? []);
  return withTemplates(schema, (name) => !raw.has(name));
}

function nodeSchema(node: JsonObject, types: readonly NodeManifest[]): JsonObject {
  const properties = objectOf(node.properties);
  const named = types.map(({ type, title, description }) => ({ const: type, title, description }));
  return {
    ...node,
    properties: {
      ...properties,
      // Operators add types of their own: any name is allowed, the known ones are offered.
      type: { anyOf: [{ oneOf: named }, { type: 'string', minLength: 1, maxLength: 128 }] },
      params: { type: 'object' },
    },
    allOf: types.map(({ type, params }) => ({
      if: { properties: { type: { const: type } }, required: ['type'] },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's keyword; nothing awaits this object
      then: {
        properties: { params: { $ref: `#/$defs/params.${type}` } },
        ...(Array.isArray(jsonSchemaOf(params).required) && { required: ['params'] }),
      },
    })),
  };
}

function withTemplates(schema: JsonObject, takesTemplates: (name: string) => boolean): JsonObject {
  const { properties, items, additionalProperties } = schema;
  const each = (inner: JsonValue): JsonValue => (isJsonObject(inner) ? orTemplate(withTemplates(inner, () => true)) : inner);
  const variants = (list: JsonValue | undefined): JsonValue =>
    Array.isArray(list) ? list.map((one) => (isJsonObject(one) ? withTemplates(one, () => true) : one)) : null;
  return {
    ...schema,
    ...(isJsonObject(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, inner]) => [name, takesTemplates(name) ? each(inner) : inner]),
      ),
    }),
    ...(isJsonObject(items) && { items: each(items) }),
    ...(isJsonObject(additionalProperties) && { additionalProperties: each(additionalProperties) }),
    ...(schema.anyOf !== undefined && { anyOf: variants(schema.anyOf) }),
    ...(schema.oneOf !== undefined && { oneOf: variants(schema.oneOf) }),
  };
}

/** Where any text fits already, or where a constant tells alternatives apart, nothing is to be added. */
function orTemplate(schema: JsonObject): JsonObject {
  const { type, pattern, format, description, default: fallback, 'x-hint': hint, ...rest } = schema;
  const restrictions = [pattern, format, schema.enum, schema.maxLength];
  const anyText = type === 'string' && restrictions.every((one) => one === undefined);
  const anything = type === undefined && ['anyOf', 'oneOf', '$ref', 'const'].every((key) => schema[key] === undefined);
  if (anyText || anything || schema.const !== undefined) return schema;
  const bare = {
    ...(type !== undefined && { type }),
    ...(pattern !== undefined && { pattern }),
    ...(format !== undefined && { format }),
    ...rest,
  };
  const alternatives = Array.isArray(rest.anyOf) && Object.keys(bare).length === 1 ? rest.anyOf : [bare];
  return {
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
    ...(hint !== undefined && { 'x-hint': hint }),
    anyOf: [...alternatives, templateRef],
  };
}

/** Schemas bring definitions of their own, referred to from their root: they move up under names that cannot clash. */
function hoisted(schemas: JsonObject): JsonObject {
  const found: [string, JsonValue][] = [];
  for (const [name, schema] of Object.entries(schemas)) {
    const { $defs, ...rest } = objectOf(schema);
    const rename = (ref: string) => (ref === templateRef.$ref ? ref : ref.replace(/^#\/\$defs\//, `#/$defs/${name}.`));
    found.push([name, renamed(rest, rename)]);
    for (const [inner, definition] of Object.entries(objectOf($defs ?? {})))
      found.push([`${name}.${inner}`, renamed(definition, rename)]);
  }
  return Object.fromEntries(found);
}

function renamed(value: JsonValue, rename: (ref: string) => string): JsonValue {
  if (Array.isArray(value)) return value.map((one: JsonValue) => renamed(one, rename));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string' ? rename(inner) : renamed(inner, rename),
    ]),
  );
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

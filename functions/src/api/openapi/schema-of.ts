/** zod schemas as the JSON Schemas of the document; those with an `id` in their metadata become components. */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { z } from 'zod';

export type Components = { [key: string]: JsonValue };

/** JSON Schema whose `$defs` have moved to the components. What goes in may differ from what comes out (defaults), and has its own name. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Components): JsonObject {
  const { $schema: _, $defs, ...rest } = toJsonSchema(schema, io);
  for (const [name, definition] of Object.entries(isJsonObject($defs) ? $defs : {})) {
    components[componentName(name, io)] = moveRefs(definition, io);
  }
  return moveRefs(rest, io) as JsonObject; // an object stays one
}

/** JSON Schema of one piece of a request, whole in itself. */
export function plainSchemaOf(schema: z.ZodType): JsonObject {
  const { $schema: _, ...json } = toJsonSchema(schema, 'input');
  return json;
}

/** `__schema0` is the name that zod gives to a recursive schema without one: any JSON value. */
function componentName(name: string, io: 'input' | 'output'): string {
  if (name.startsWith('__schema')) return 'JsonValue';
  return io === 'input' ? `${name}Input` : name;
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const json = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      dropSafeBounds(jsonSchema);
      nameProperties(jsonSchema);
      const docs: unknown = Reflect.get(jsonSchema, 'docs');
      if (!isJsonObject(docs)) return;
      const { description } = jsonSchema;
      for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
      Object.assign(jsonSchema, docs, description === undefined ? {} : { description });
    },
  });
  return json as JsonObject; // JSON Schema is JSON
}

type Written = z.core.JSONSchema.BaseSchema;

/** That an integer fits into a double is no news to anybody. */
function dropSafeBounds(schema: Written): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

/** A record whose keys are known is an object with these properties, for readers and for generated types. */
function nameProperties(schema: Written): void {
  const { propertyNames, additionalProperties } = schema;
  if (typeof propertyNames !== 'object' || !Array.isArray(propertyNames.enum) || typeof additionalProperties !== 'object') return;
  schema.properties = Object.fromEntries(propertyNames.enum.map((name) => [String(name), additionalProperties]));
  schema.additionalProperties = false;
  delete schema.propertyNames;
}

function moveRefs(value: JsonValue, io: 'input' | 'output'): JsonValue {
  if (Array.isArray(value)) return value.map((child) => moveRefs(child, io));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      if (key !== '$ref' || typeof child !== 'string' || !child.startsWith('#/$defs/')) return [key, moveRefs(child, io)];
      return [key, `#/components/schemas/${componentName(child.replace('#/$defs/', ''), io)}`];
    }),
  );
}

/** Rows of a table of params, out of their JSON Schema: name, what it holds, default, meaning. */
import { isJsonObject, type JsonObject, type JsonValue } from '../shared/src/model/json.ts';

export type ParamRow = { readonly name: string; readonly holds: string; readonly fallback: string; readonly meaning: string };

export function paramRows(schema: JsonValue | undefined, prefix = '', depth = 0): readonly ParamRow[] {
  if (!isJsonObject(schema) || depth > 3) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  const properties = isJsonObject(schema.properties) ? Object.entries(schema.properties) : [];
  return properties.flatMap(([key, property]) => {
    if (!isJsonObject(property) || property.const !== undefined) return [];
    const name = `${prefix}${key}`;
    const fallback = property.default !== undefined ? code(property.default) : required.includes(key) ? 'required' : '';
    const row = { name, holds: holds(property), fallback, meaning: String(property.description ?? '') };
    return [row, ...innerRows(property, name, depth)];
  });
}

function innerRows(schema: JsonObject, name: string, depth: number): readonly ParamRow[] {
  if (isJsonObject(schema.items)) return paramRows(schema.items, `${name}[].`, depth + 1);
  const choices = schema['x-hint'] === 'duration' ? [] : choicesOf(schema);
  if (choices.length === 0) return paramRows(schema, `${name}.`, depth + 1);
  return choices.flatMap((choice) => {
    const kind = constants(choice).join(', ');
    return paramRows(choice, kind === '' ? `${name}.` : `${name}.${kind}.`, depth + 1);
  });
}

function holds(schema: JsonObject): string {
  if (schema['x-hint'] === 'duration') return 'milliseconds, or a duration such as `"5m"`';
  const choices = choicesOf(schema);
  if (choices.length > 0) {
    const kinds = choices.flatMap(constants);
    if (kinds.length === choices.length) return `an object whose kind is ${kinds.map(code).join(', ')}`;
    return [...new Set(choices.map(holds))].join(' or ');
  }
  if (Array.isArray(schema.enum)) return schema.enum.map(code).join(', ');
  if (schema.const !== undefined) return code(schema.const);
  switch (schema.type) {
    case 'string':
      return schema.format === 'date-time' ? 'an instant' : 'text';
    case 'integer':
      return `whole number${bounds(schema)}`;
    case 'number':
      return `number${bounds(schema)}`;
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return isJsonObject(schema.items) && schema.items.type === 'string' ? 'a list of texts' : 'a list';
    case 'object':
      return 'an object';
    case 'null':
      return '`null`';
    default:
      return schema['x-hint'] === 'condition' ? 'a condition' : 'anything';
  }
}

function bounds({ minimum, maximum }: JsonObject): string {
  const upper = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  const lower = typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  if (lower !== undefined && upper !== undefined) return `, ${lower} to ${upper}`;
  if (lower !== undefined) return `, at least ${lower}`;
  return upper === undefined ? '' : `, at most ${upper}`;
}

function choicesOf({ anyOf, oneOf }: JsonObject): readonly JsonObject[] {
  return [anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list.filter(isJsonObject) : []));
}

/** What tells one alternative of a union from the others: `kind: header`. */
function constants(schema: JsonObject): readonly string[] {
  const properties = isJsonObject(schema.properties) ? Object.values(schema.properties) : [];
  return properties.flatMap((property) => (isJsonObject(property) && typeof property.const === 'string' ? [property.const] : []));
}

function code(value: JsonValue): string {
  return `\`${typeof value === 'string' && value !== '' ? value : JSON.stringify(value)}\``;
}

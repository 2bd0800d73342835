/** The scalars of the SDL. Output is ours and passes; input is checked, whether it stands in the document or in the variables. */
import type { JsonValue } from '@automateos/shared/model/json';
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { z } from 'zod';

const deepest = 100;

const refused = (what: string) => new GraphQLError(what, { extensions: { code: 'INVALID_PARAMS' } });

/** Throws for what is no JSON, too deep, or has a key that some reader down the line would take for something else. */
function checkedJson(value: unknown, depth = 0): JsonValue {
  if (depth > deepest) throw refused(`JSON is nested at most ${deepest} levels deep`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item) => checkedJson(item, depth + 1));
  if (typeof value !== 'object') throw refused('JSON has strings, numbers, booleans, null, lists and objects');
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      if (key === '__proto__') throw refused('JSON may not have a key named __proto__');
      return [key, checkedJson(child, depth + 1)];
    }),
  );
}

function literalJson(node: ValueNode, variables: Readonly<Record<string, unknown>>, depth = 0): unknown {
  if (depth > deepest) throw refused(`JSON is nested at most ${deepest} levels deep`);
  switch (node.kind) {
    case Kind.OBJECT: {
      // an object without a prototype: no key means anything here
      const made: Record<string, unknown> = Object.create(null);
      for (const { name, value } of node.fields) made[name.value] = literalJson(value, variables, depth + 1);
      return made;
    }
    case Kind.LIST:
      return node.values.map((value) => literalJson(value, variables, depth + 1));
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.NULL:
      return null;
    case Kind.VARIABLE:
      return variables[node.name.value] ?? null;
    default:
      return node.value;
  }
}

export const jsonScalar = new GraphQLScalarType<JsonValue, unknown>({
  name: 'JSON',
  serialize: (value) => value,
  parseValue: (value) => checkedJson(value),
  parseLiteral: (node, variables) => checkedJson(literalJson(node, variables ?? {})),
});

const instant = z.iso.datetime({ offset: true });

function parsedInstant(value: unknown): string {
  const parsed = instant.safeParse(value);
  if (!parsed.success) throw refused('DateTime must be an instant such as 2026-01-31T12:00:00Z');
  return new Date(parsed.data).toISOString();
}

export const dateTimeScalar = new GraphQLScalarType<string, unknown>({
  name: 'DateTime',
  serialize: (value) => value,
  parseValue: parsedInstant,
  parseLiteral: (node) => parsedInstant(node.kind === Kind.STRING ? node.value : null),
});

function parsedLong(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw refused('Long must be a whole number up to 2^53');
  return value;
}

export const longScalar = new GraphQLScalarType<number, unknown>({
  name: 'Long',
  serialize: (value) => value,
  parseValue: parsedLong,
  parseLiteral: (node) => parsedLong(node.kind === Kind.INT ? Number(node.value) : null),
});

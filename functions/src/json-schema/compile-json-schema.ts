/**
 * Compiles JSON Schemas that users wrote (2020-12; 2019-09 and draft-07 where `$schema` says so) and validates with them under limits:
 * no remote references, linear-time patterns, bounded work. Compiled schemas are kept.
 */
import type { JsonValue } from '@automateos/shared/model/json';
import { schemaLimits } from '@automateos/shared/model/json-schema-shape';
import { Ajv, type Options, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { LRUCache } from 'lru-cache';
import { linearRegex } from './linear-regex.ts';
import { fuelKeyword, fuelLimit, SchemaRefused, withFuel } from './schema-fuel.ts';
import { hasDuplicates } from './unique-items.ts';

/** Null when the value matches, else the first fault, as a phrase that starts with the place: `items/0/id must be integer`. */
export type Validate = (value: JsonValue) => string | null;
export type CompiledSchema = { readonly ok: true; readonly validate: Validate } | { readonly ok: false; readonly reason: string };

const compiled = new LRUCache<string, CompiledSchema>({ max: 200 });

export function compileJsonSchema(schema: JsonValue): CompiledSchema {
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const result = compile(schema, text);
  compiled.set(text, result);
  return result;
}

function compile(schema: JsonValue, text: string): CompiledSchema {
  if (text.length > schemaLimits.bytes) return { ok: false, reason: `it is larger than ${schemaLimits.bytes} bytes` };
  if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null || Array.isArray(schema))) {
    return { ok: false, reason: 'a JSON Schema is an object, true or false' };
  }
  // The meta-schema, which the schema itself is checked against first, burns of it too.
  const tank = { fuel: fuelLimit };
  try {
    // A JSON object or boolean is what Ajv takes as a schema; it checks it against the meta-schema itself.
    const check = createAjv(dialectOf(schema), tank).compile(withFuel(schema) as object | boolean);
    return { ok: true, validate: (value) => runWithin(tank, check, value) };
  } catch (error) {
    // Ajv, the pattern compiler and our own limits all say in words what is wrong with the schema.
    return { ok: false, reason: error instanceof Error ? error.message.slice(0, 500) : 'it cannot be compiled' };
  }
}

class OutOfFuel extends Error {
  override readonly name = 'OutOfFuel';
  override readonly message = 'it takes too much work to check';
}

type Tank = { fuel: number };

function runWithin(tank: Tank, check: ValidateFunction, value: JsonValue): string | null {
  tank.fuel = fuelLimit;
  try {
    if (check(value)) return null;
  } catch (error) {
    if (error instanceof OutOfFuel) return 'takes too much work to check with this schema';
    if (error instanceof RangeError) return 'cannot be checked: the schema refers to itself without end';
    throw error;
  }
  const first = check.errors?.[0];
  const place = first?.instancePath.slice(1) ?? '';
  return `${place === '' ? '' : `${place} `}${first?.message ?? 'does not match'}`;
}

function createAjv(Dialect: typeof Ajv, tank: Tank): Ajv {
  const spend = (amount: number) => {
    tank.fuel -= amount;
    if (tank.fuel < 0) throw new OutOfFuel();
  };
  const regExp = Object.assign(
    (pattern: string) => {
      const regex = linearRegex(pattern);
      return {
        test(text: string) {
          spend(1 + text.length);
          return regex.test(text);
        },
        toString: () => pattern,
      };
    },
    { code: 'linearRegex' },
  );
  const options: Options = { strict: false, inlineRefs: false, logger: false, code: { regExp } };
  const ajv = new Dialect(options);
  // The full forms of the others are no better at telling right from wrong, and slower.
  addFormats.default(ajv, { mode: 'fast' });
  addFormats.default(ajv, { mode: 'full', formats: ['date', 'time', 'date-time', 'iso-time', 'iso-date-time'] });
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must not have duplicate items' },
    validate: (wanted: boolean, items: readonly JsonValue[]) => !wanted || !hasDuplicates(items, spend),
  });
  ajv.addKeyword({
    keyword: fuelKeyword,
    errors: false,
    validate: (price: number, value: JsonValue) => {
      // `contains` may look at every item and fail at each; other list keywords stop at the first.
      spend(price + (Array.isArray(value) ? value.length : 0));
      return true;
    },
  });
  const untyped = ajv.RULES.rules.find((group) => group.type === undefined)?.rules ?? [];
  const at = untyped.findIndex((rule) => rule.keyword === fuelKeyword);
  untyped.unshift(...untyped.splice(at, 1));
  return ajv;
}

function dialectOf(schema: JsonValue): typeof Ajv {
  const named = typeof schema === 'object' && schema !== null && '$schema' in schema ? schema.$schema : undefined;
  if (named === undefined) return Ajv2020;
  if (typeof named === 'string') {
    if (named.includes('/2020-12/')) return Ajv2020;
    if (named.includes('/2019-09/')) return Ajv2019;
    if (named.includes('/draft-07/')) return Ajv;
  }
  throw new SchemaRefused(`the dialect ${JSON.stringify(named)} is not supported; use 2020-12, 2019-09 or draft-07`);
}

import type { JsonValue } from '@automateos/shared/model/json';
import { describe, expect, test } from 'vitest';
import { compileJsonSchema } from './compile-json-schema.ts';

function check(schema: JsonValue, value: JsonValue): string | null {
  const compiled = compileJsonSchema(schema);
  if (!compiled.ok) throw new Error(compiled.reason);
  return compiled.validate(value);
}

function reasonOf(schema: JsonValue): string {
  const compiled = compileJsonSchema(schema);
  return compiled.ok ? 'compiled' : compiled.reason;
}

describe('a schema', () => {
  test('says where the first fault is', () => {
    const schema = {
      type: 'object',
      properties: { items: { type: 'array', items: { properties: { id: { type: 'integer' } } } } },
    };
    expect(check(schema, { items: [{ id: 1 }] })).toBeNull();
    expect(check(schema, { items: [{ id: 'x' }] })).toBe('items/0/id must be integer');
  });
  test('may be recursive within itself', () => {
    const tree = {
      $defs: { n: { type: 'object', properties: { kids: { type: 'array', items: { $ref: '#/$defs/n' } } } } },
      $ref: '#/$defs/n',
    };
    expect(check(tree, { kids: [{ kids: [] }] })).toBeNull();
    expect(check(tree, { kids: [{ kids: [3] }] })).toBe('kids/0/kids/0 must be object');
  });
  test('may be draft-07 or 2019-09 where it says so', () => {
    const tuple = { $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'string' }, { type: 'number' }] };
    expect(check(tuple, ['a', 1])).toBeNull();
    expect(check(tuple, [1])).toBe('0 must be string');
    expect(check({ $schema: 'https://json-schema.org/draft/2019-09/schema', type: 'null' }, null)).toBeNull();
    expect(reasonOf({ $schema: 'http://json-schema.org/draft-03/schema#' })).toMatch(/not supported/);
  });
  test('checks formats, patterns and unique items', () => {
    expect(check({ format: 'date-time' }, '2026-13-01T00:00:00Z')).toMatch(/date-time/);
    expect(check({ pattern: '^[\\w\\-/]+\\u0041$' }, 'ab-/A')).toBeNull();
    expect(check({ pattern: '^a$' }, 'b')).toMatch(/pattern/);
    expect(
      check({ uniqueItems: true }, [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]),
    ).toMatch(/duplicate/);
    expect(check({ uniqueItems: true }, [1, '1', [1], { a: 1 }])).toBeNull();
  });
  test('keeps data that looks like schemas as it is', () => {
    expect(check({ const: { $ref: 'x' } }, { $ref: 'x' })).toBeNull();
    expect(check({ properties: { $ref: { type: 'string' } } }, { $ref: 1 })).toBe('$ref must be string');
  });
});

describe('is refused when compiled:', () => {
  test.each<[string, JsonValue]>([
    ['a remote reference', { $ref: 'http://127.0.0.1/schema.json' }],
    ['a file reference', { properties: { a: { $ref: 'file:///etc/passwd' } } }],
    ['a remote dynamic reference', { anyOf: [{ $dynamicRef: 'https://example.com/#x' }] }],
    ['10^5 alternatives', { anyOf: Array.from({ length: 100_000 }, () => ({ type: 'string' })) }],
    ['many alternatives', { anyOf: Array.from({ length: 3_000 }, () => ({})) }],
    ['look-behind', { pattern: '(?<=a)b' }],
    ['a back-reference', { patternProperties: { '(a)\\1': true } }],
    ['a pattern without end', { pattern: 'a'.repeat(2_000) }],
    ['an unknown type', { type: 'strin' }],
    ['a missing definition', { $ref: '#/$defs/none' }],
    ['text', '{"type":"string"}'],
    ['null', null],
  ])('%s', (_name, schema) => {
    expect(compileJsonSchema(schema).ok).toBe(false);
  });
  test('nesting without end', () => {
    let schema: JsonValue = {};
    for (let i = 0; i < 200; i += 1) schema = { not: schema };
    expect(reasonOf(schema)).toMatch(/nested/);
  });
});

describe('no schema can make checking endless:', () => {
  test('a catastrophic pattern', () => {
    expect(check({ pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}!`)).toMatch(/pattern/);
  });
  test('a reference to itself', () => {
    expect(check({ $ref: '#' }, {})).toMatch(/without end|too much work/);
    expect(check({ allOf: [{ $ref: '#' }] }, {})).toMatch(/without end|too much work/);
  });
  test('references that double the work', () => {
    const defs: Record<string, JsonValue> = { d0: { type: 'string' } };
    for (let i = 1; i <= 40; i += 1) {
      defs[`d${i}`] = { anyOf: [{ $ref: `#/$defs/d${i - 1}` }, { $ref: `#/$defs/d${i - 1}` }] };
    }
    expect(check({ $defs: defs, $ref: '#/$defs/d40' }, 1)).toMatch(/too much work/);
  });
  test('recursion that doubles at each level of the value', () => {
    const again = { properties: { a: { $ref: '#' } }, required: ['a'] };
    let value: JsonValue = {};
    for (let i = 0; i < 60; i += 1) value = { a: value };
    expect(check({ anyOf: [again, again] }, value)).toMatch(/too much work/);
  });
  test('many searches through a long list', () => {
    const schema = { anyOf: Array.from({ length: 450 }, () => ({ contains: { type: 'string' } })) };
    expect(check(schema, new Array(100_000).fill(1))).toMatch(/too much work/);
  });
  test('unique items of a long list', () => {
    const list = Array.from({ length: 20_000 }, (_, i) => ({ a: { b: i } }));
    expect(check({ uniqueItems: true }, list)).toBeNull();
  });
  test('a default that reaches for the prototype changes nothing', () => {
    const schema = JSON.parse('{"properties":{"__proto__":{"default":{"polluted":true}},"a":{"default":1}}}') as JsonValue;
    const value = {};
    expect(check(schema, value)).toBeNull();
    expect(value).toEqual({});
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

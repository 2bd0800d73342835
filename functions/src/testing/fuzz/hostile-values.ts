/** What no client of good will sends: values, keys and texts that have broken parsers, databases and templates elsewhere. */
import type { JsonValue } from '@automateos/shared/model/json';
import fc from 'fast-check';

export const hostileTexts: readonly string[] = [
  ...[
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udfff\ud800',
    '\ufeff',
    '\u202eevil',
    '\u2028',
    '\r\nset-cookie: a=b',
    '\t',
    '\u007f',
  ],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'null',
    'undefined',
    'NaN',
    'true',
    '-0',
    '1e400',
    '0x7f',
  ],
  ...[
    '..',
    '../../etc/passwd',
    '..\\..\\win.ini',
    '/etc/passwd',
    'file:///etc/passwd',
    'C:\\',
    '.',
    '*',
    '%00',
    '%2e%2e%2f',
    '?',
    '#',
  ],
  ...[
    "' or 1=1 --",
    '"; drop table documents; --',
    '$where',
    '{"$gt":""}',
    `\${jndi:ldap://x}`,
    '{{ 7*7 }}',
    '{{ input }}',
    '<script>alert(1)</script>',
  ],
  ...[
    '=cmd|calc',
    '@SUM(1)',
    '-1',
    '+1',
    '1_000',
    '٣',
    '２',
    'İ',
    'ß',
    'ﬀ',
    'a\u0301',
    '\u{1f469}\u200d\u{1f680}',
    '田中さん',
    'اختبار',
  ],
  ...[
    '2026-02-30T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
    '-000001-01-01T00:00:00Z',
    '2026-01-01',
    'wait=-1',
    'W/"x"',
    '"',
    "'",
    '`',
    '\\',
  ],
  ...['wf_0', 'exe_0', 'aos_', 'usr_0', 'org_0', 'x'.repeat(300), 'y'.repeat(5_000), '\u{10ffff}'.repeat(200)],
];

export const hostileKeys: readonly string[] = [
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'then',
    'toJSON',
    '$ref',
    '$where',
    '',
    ' ',
    '\u0000',
    '\ud800',
    '0',
    '-1',
    'length',
  ],
  ...['id', 'org', 'orgId', 'ownerId', 'role', 'createdAt', 'createdBy', 'status', 'version', 'files', 'x'.repeat(1_000)],
];

const numbers: readonly number[] = [
  ...[
    0,
    -0,
    1,
    -1,
    0.1,
    -0.5,
    1e-7,
    255,
    256,
    65_536,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    2 ** 32,
    2 ** 53 - 1,
    2 ** 53,
    -(2 ** 53),
    1e21,
    1e308,
    5e-324,
  ],
];

export const hostileText = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
);

/** Nested as deep as it says. */
const deep = fc.integer({ min: 1, max: 400 }).map((levels) => {
  let value: JsonValue = 'bottom';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
});

export const hostileValue: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 5, arbitrary: hostileText },
  { weight: 4, arbitrary: fc.constantFrom<JsonValue>(...numbers) },
  { weight: 3, arbitrary: fc.constantFrom<JsonValue>(null, true, false, [], {}, [[]], [null], [{}]) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...hostileKeys), hostileText).map(([key, value]) => withKey({}, key, value)) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => value as JsonValue) }, // it makes nothing else
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3_000 }).map((length) => Array.from({ length }, (_, at) => at)) },
);

/** A copy with the key as a property of its own: assignment would set the prototype for `__proto__`. */
export function withKey(value: { readonly [key: string]: JsonValue }, key: string, child: JsonValue): JsonValue {
  const entries = Object.entries(value).filter(([name]) => name !== key);
  const copy: { [name: string]: JsonValue } = {};
  for (const [name, one] of [...entries, [key, child] as const]) {
    Object.defineProperty(copy, name, { value: one, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

import { describe, expect, test } from 'vitest';
import { stepCredential } from '../../testing/step-credential.ts';
import { createMasker } from './create-masker.ts';

const secret = 'c4n/ry+"q ü\\s=?&3cret';
const masker = createMasker([
  { name: 'shop "1"', value: secret },
  { name: 'short', value: '12345' },
]);
const hidden = (text: string) => masker?.text(text) ?? '';

describe('a secret', () => {
  const spelled: Readonly<Record<string, string>> = {
    plain: secret,
    json: JSON.stringify({ a: secret }),
    url: `https://a.example/?key=${encodeURIComponent(secret)}&b=1`,
    form: new URLSearchParams({ key: secret }).toString(),
    base64: Buffer.from(secret).toString('base64'),
    base64url: Buffer.from(secret).toString('base64url'),
    'json as PHP writes it': JSON.stringify(secret).replaceAll('/', '\\/').replace('ü', '\\u00fc'),
    'json as Python writes it': JSON.stringify(secret).replace('ü', '\\u00fc'),
    'json as Go writes it': JSON.stringify(secret).replace('&', '\\u0026'),
    html: secret.replace('&', '&amp;').replace('"', '&quot;'),
    hex: Buffer.from(secret).toString('hex'),
    'lower-case url': encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase()),
    twice: `${secret}${secret}`,
  };
  for (const [name, text] of Object.entries(spelled)) {
    test(`is masked as ${name}`, () => {
      expect(hidden(text)).toContain('[secret:shop _1_]');
      for (const part of ['c4n/ry', '3cret', Buffer.from(secret).toString('base64').slice(4, 16)])
        expect(hidden(text)).not.toContain(part);
    });
  }

  test('is masked inside of what was encoded as base64, however it is aligned', () => {
    for (const before of ['', 'u', 'us', 'use', 'user:']) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const text = hidden(Buffer.from(`${before}${secret}:after`).toString(encoding));
        expect(text).toContain('[secret:');
        expect(Buffer.from(text.replaceAll(/\[secret:[^\]]*\]/g, ''), encoding).toString()).not.toContain('3cre');
      }
    }
  });

  test('is masked in keys, values and bytes, and what holds none is the same object', () => {
    const clean = { a: ['x', { b: 1 }], c: null };
    expect(masker?.json(clean)).toBe(clean);
    expect(masker?.json({ [secret]: [{ deep: `x${secret}` }] })).toEqual({
      '[secret:shop _1_]': [{ deep: 'x[secret:shop _1_]' }],
    });
    const body = Buffer.from(JSON.stringify({ echoed: secret }));
    expect(JSON.parse(Buffer.from(masker?.bytes(body) ?? []).toString())).toEqual({ echoed: '[secret:shop _1_]' });
  });
});

test('a password too short for that is masked together with its user, as `Authorization: Basic` sends them', () => {
  const { secrets } = stepCredential('http-basic', { user: 'administrator', password: '1234' });
  const basic = Buffer.from('administrator:1234').toString('base64');
  const text = createMasker(secrets)?.text(`Basic ${basic}, administrator:1234, order 1234`);
  expect(text).toBe('Basic [secret:shop], [secret:shop], order 1234');
});

test('fewer than six characters are no secret that could be told from ordinary text; without secrets there is no masker', () => {
  expect(hidden('order 12345')).toBe('order 12345');
  expect(createMasker([{ name: 'short', value: '12345' }])).toBeNull();
  expect(createMasker([])).toBeNull();
});

test('a secret that is a pattern, and half a surrogate pair, are taken literally', () => {
  const odd = createMasker([
    { name: 'odd', value: '(a+)+$[^]|.*' },
    { name: 'half', value: '\ud800abcdef' },
  ]);
  expect(odd?.text('x (a+)+$[^]|.* aaaaaa')).toBe('x [secret:odd] aaaaaa');
});

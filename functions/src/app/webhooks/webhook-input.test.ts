import { gzipSync } from 'node:zlib';
import { AppError } from '@automateos/shared/model/app-error';
import type { JsonValue } from '@automateos/shared/model/json';
import { describe, expect, test } from 'vitest';
import { parsePairs, parseWebhookBody } from './parse-webhook-body.ts';
import { webhookInput } from './webhook-input.ts';

function parse(contentType: string | undefined, body: string | Uint8Array, contentEncoding?: string): Promise<JsonValue> {
  return parseWebhookBody({ contentType, bytes: Buffer.from(body), contentEncoding });
}

async function codeOf(parsing: Promise<unknown>): Promise<string> {
  try {
    await parsing;
  } catch (error) {
    return error instanceof AppError ? `${error.code} ${error.status}` : String(error);
  }
  return 'parsed';
}

describe('a body', () => {
  test.each<[string | undefined, string | Uint8Array, JsonValue]>([
    ['application/json', '{"a":[1,"\u00fc"]}', { a: [1, '\u00fc'] }],
    ['application/vnd.github+json; charset=utf-8', '7', 7],
    ['APPLICATION/JSON', ' null ', null],
    ['application/json', '\ufeff{"a":1}', { a: 1 }],
    ['application/json', '', null],
    ['application/json; charset=utf-16le', Buffer.from('{"a":1}', 'utf16le'), { a: 1 }],
    ['application/json', '{"a":1,"a":2}', { a: 2 }],
    ['application/json', '{"a":"\\ud800","b":"\\u0000"}', { a: '\ud800', b: '\u0000' }],
    ['application/x-www-form-urlencoded', 'a=1&a=2&b=x+y&c=%C3%BC&d', { a: ['1', '2'], b: 'x y', c: 'ü', d: '' }],
    ['text/plain', 'hello', 'hello'],
    ['text/plain; charset=iso-8859-1', Buffer.from('grüße', 'latin1'), 'grüße'],
    ['application/xml', '<a/>', '<a/>'],
    ['image/png', Uint8Array.of(137, 80), { base64: 'iVA=', contentType: 'image/png', bytes: 2 }],
    [undefined, Uint8Array.of(255), { base64: '/w==', contentType: 'application/octet-stream', bytes: 1 }],
    [undefined, 'x', 'x'],
    [undefined, '{"a":1}', { a: 1 }],
    ['multipart/form-data; boundary=x', '--x--', {}],
    [undefined, '123', '123'],
  ])('of type %s with %j', async (type, body, expected) => {
    expect(await parse(type, body)).toEqual(expected);
  });

  test.each<[string, string, string | Uint8Array]>([
    ['broken JSON', 'application/json', '{"a":'],
    ['JSON with more after it', 'application/json', '{} {}'],
    ['a form under the name of JSON', 'application/json', 'a=1&b=2'],
    ['nesting of 10^5', 'application/json', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['nesting of 101', 'application/json', '['.repeat(101) + ']'.repeat(101)],
    ['openers without end', 'application/json', '{"a":'.repeat(100_000)],
    ['a number without bound', 'application/json', '{"a":1e400}'],
    ['a number of 400 digits', 'application/json', '9'.repeat(400)],
    ['bytes that are no UTF-8', 'application/json', Uint8Array.of(0x22, 0xff, 0x22)],
    ['UTF-16 that is not announced', 'application/json', Buffer.from('{"a":1}', 'utf16le')],
    ['UTF-7', 'application/json; charset=utf-7', '{}'],
    ['text that is no UTF-8', 'text/plain', Uint8Array.of(0xc3, 0x28)],
    ['10^5 form fields', 'application/x-www-form-urlencoded', 'a=1&'.repeat(100_000)],
  ])('is malformed: %s', async (_name, type, body) => {
    expect(await codeOf(parse(type, body))).toBe('MALFORMED_BODY 400');
  });

  test('may be nested 100 deep, brackets in strings apart', async () => {
    expect(await codeOf(parse('application/json', '['.repeat(100) + ']'.repeat(100)))).toBe('parsed');
    expect(await parse('application/json', JSON.stringify('[{"\\'.repeat(1_000)))).toBe('[{"\\'.repeat(1_000));
  });

  test('may have 10^6 elements or 2x10^5 keys', async () => {
    expect(await parse('application/json', `[${'0,'.repeat(999_999)}0]`)).toHaveLength(1_000_000);
    const keys = Array.from({ length: 200_000 }, (_, i) => `"k${i}":0`).join(',');
    expect(Object.keys((await parse('application/json', `{${keys}}`)) ?? {})).toHaveLength(200_000);
  });

  test('is not unpacked: what was signed is what is read', async () => {
    expect(await codeOf(parse('application/json', gzipSync('{}'), 'gzip'))).toBe('UNSUPPORTED_MEDIA_TYPE 415');
    expect(await parse('application/json', '{}', 'identity')).toEqual({});
  });

  test('of multipart has fields as text and files as data, whatever they are called', async () => {
    const part = (disposition: string, content: string, type = '') =>
      `--b\r\nContent-Disposition: form-data; ${disposition}\r\n${type}\r\n${content}\r\n`;
    const body = [
      part('name="a"', '1'),
      part('name="a"', 'ü'),
      part('name="__proto__"', 'x'),
      part('name="f"; filename="../../etc/passwd"', 'hey', 'Content-Type: image/png\r\n'),
      '--b--\r\n',
    ].join('');
    const parsed = await parse('multipart/form-data; boundary=b', body);
    const file = { filename: '../../etc/passwd', base64: 'aGV5', contentType: 'image/png', bytes: 3 };
    expect(JSON.stringify(parsed)).toBe(JSON.stringify({ a: ['1', 'ü'], ['__proto__']: 'x', f: file }));
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(await codeOf(parse('multipart/form-data', body))).toBe('MALFORMED_BODY 400');
    expect(await codeOf(parse('multipart/form-data; boundary=b', '{"a":1}'))).toBe('MALFORMED_BODY 400');
    expect(await codeOf(parse('multipart/form-data; boundary=b', `${part('name="a"', '1').repeat(10_001)}--b--`))).toMatch(
      /^MALFORMED_BODY/,
    );
  });

  test('imitating an upload is plain data', async () => {
    const imitation = { files: { x: { filepath: '/etc/passwd' } } };
    expect(await parse('application/json', JSON.stringify(imitation))).toEqual(imitation);
  });
});

describe('the input', () => {
  const base = { method: 'POST', path: 'a/b', query: {}, headers: {}, body: null };

  test('has the five names, and the fields of a JSON object beside them', () => {
    const body = { orderId: 7, method: 'mine', body: 'mine', path: 1, query: 2, headers: 3 };
    const input = webhookInput({ ...base, query: parsePairs('?q=1&q=2&r='), headers: { 'x-a': '1' }, body });
    expect(input).toEqual({
      orderId: 7,
      method: 'POST',
      path: 'a/b',
      query: { q: ['1', '2'], r: '' },
      headers: { 'x-a': '1' },
      body,
    });
  });

  test.each([[[1, 2]], ['text'], [null], [5]])('merges nothing of %j', (body) => {
    expect(Object.keys(webhookInput({ ...base, body })).sort()).toEqual(['body', 'headers', 'method', 'path', 'query']);
  });

  test('holds no header that is a credential, the one of this webhook included', () => {
    const headers = {
      authorization: 'x',
      cookie: 'x',
      'proxy-authorization': 'x',
      'x-api-key': 'x',
      'x-hub-signature-256': 'sha256=1',
      'content-type': 'a/b',
    };
    const input = webhookInput({ ...base, headers, auth: { kind: 'header', name: 'X-Api-Key', value: 'x' } });
    expect(input.headers).toEqual({ 'x-hub-signature-256': 'sha256=1', 'content-type': 'a/b' });
  });

  test('takes __proto__ and constructor as plain data', async () => {
    const body = await parse('application/json', '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    const input = webhookInput({ ...base, body, query: parsePairs('__proto__=1&constructor=2') });
    expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(input.query)).toBe(Object.prototype);
    expect(Object.hasOwn(input, '__proto__')).toBe(true);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(JSON.stringify(await parse('application/x-www-form-urlencoded', '__proto__=1'))).toBe('{"__proto__":"1"}');
  });
});

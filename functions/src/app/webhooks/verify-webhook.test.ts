import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import type { JsonValue } from '@automateos/shared/model/json';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { parseWebhookBody } from './parse-webhook-body.ts';
import { verifyWebhook, type WebhookHeaders } from './verify-webhook.ts';

const nowMs = 1_700_000_000_000;
const now = 1_700_000_000;
const refused = { ok: false };

function verify(auth: unknown, headers: WebhookHeaders, body: string | Uint8Array) {
  return verifyWebhook({ auth, headers, rawBody: Buffer.from(body), nowMs });
}

function hmac(secret: string | Uint8Array, text: string | Uint8Array, algorithm = 'sha256', encoding: 'hex' | 'base64' = 'hex') {
  return createHmac(algorithm, secret).update(text).digest(encoding);
}

describe('github', () => {
  const auth = { kind: 'github', secret: "It's a Secret to Everybody" };
  const sign = (body: string | Uint8Array, secret = auth.secret) => ({
    'x-hub-signature-256': `sha256=${hmac(secret, body)}`,
    'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
  });

  test('accepts the example of its documentation', () => {
    const headers = { 'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' };
    expect(verify(auth, headers, 'Hello, World!')).toEqual({ ok: true });
  });

  test('accepts every payload of @octokit/webhooks-examples, and none of them with a byte changed', async () => {
    const require = createRequire(import.meta.url);
    const sources = ['api.github.com', 'ghes-31', 'ghes-32', 'ghes-33', 'ghes-34', 'ghes-35'];
    const definitions = sources.flatMap((source): readonly { examples: readonly JsonValue[] }[] =>
      require(`@octokit/webhooks-examples/${source}/index.json`),
    );
    const payloads = definitions.flatMap((definition) => definition.examples);
    expect(payloads.length).toBeGreaterThan(100);
    for (const payload of payloads) {
      const body = Buffer.from(JSON.stringify(payload));
      const headers = sign(body);
      expect(verify(auth, headers, body)).toEqual({ ok: true, deliveryId: '72d3162e-cc78-11e3-81ab-4c9367dc0958' });
      expect(await parseWebhookBody({ contentType: 'application/json', bytes: body })).toEqual(payload);
      const changed = Buffer.from(body);
      const at = Math.floor(changed.length / 2);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(verify(auth, headers, changed)).toEqual(refused);
    }
  });

  test('signs the bytes as they came: the same JSON written differently is refused', () => {
    expect(verify(auth, sign('{"a":1}'), '{"a": 1}')).toEqual(refused);
    expect(verify(auth, sign('{"a":"\u00e9"}'), '{"a":"\\u00e9"}')).toEqual(refused);
    expect(verify(auth, sign(Uint8Array.of(0xff)), Uint8Array.of(0xff)).ok).toBe(true);
    expect(verify(auth, sign(Uint8Array.of(0xff)), Uint8Array.of(0xfe))).toEqual(refused);
  });

  const good = `sha256=${hmac(auth.secret, 'body')}`;
  test.each<[string, Record<string, string>]>([
    ['no signature', {}],
    ['an empty one', { 'x-hub-signature-256': '' }],
    ['only the prefix', { 'x-hub-signature-256': 'sha256=' }],
    ['no prefix', { 'x-hub-signature-256': good.slice(7) }],
    ['another algorithm named', { 'x-hub-signature-256': good.replace('sha256', 'sha1') }],
    ['only the old SHA-1 signature', { 'x-hub-signature': `sha1=${hmac(auth.secret, 'body', 'sha1')}` }],
    ['SHA-1 under the new name', { 'x-hub-signature-256': `sha1=${hmac(auth.secret, 'body', 'sha1')}` }],
    ['a truncated one', { 'x-hub-signature-256': good.slice(0, -2) }],
    ['a longer one', { 'x-hub-signature-256': `${good}00` }],
    ['two joined', { 'x-hub-signature-256': `${good}, ${good}` }],
    ['space around', { 'x-hub-signature-256': ` ${good}` }],
    ["another secret's", { 'x-hub-signature-256': `sha256=${hmac('other', 'body')}` }],
    ["an empty secret's", { 'x-hub-signature-256': `sha256=${hmac('', 'body')}` }],
    ['one inherited from a prototype', Object.create({ 'x-hub-signature-256': good }) as Record<string, string>],
  ])('refuses %s', (_name, headers) => {
    expect(verify(auth, headers, 'body')).toEqual(refused);
  });
});

describe('a secret that is none refuses everything, also what would match it', () => {
  const headers: WebhookHeaders = {
    'x-hub-signature-256': `sha256=${hmac('', 'x')}`,
    'x-key': '',
    authorization: `Basic ${Buffer.from('me:').toString('base64')}`,
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(now),
    'webhook-signature': `v1,${hmac('', `msg_1.${now}.x`, 'sha256', 'base64')}`,
    'x-sig': hmac('', 'x'),
  };
  const secrets: [string, unknown][] = [
    ['absent', undefined],
    ['null', null],
    ['empty', ''],
    ['spaces', '   '],
    ['line breaks', '\r\n\t'],
    ['a number', 0],
    ['true', true],
    ['a list', []],
    ['an object', {}],
  ];
  for (const [name, secret] of secrets) {
    test(name, () => {
      expect(verify({ kind: 'github', secret }, headers, 'x')).toEqual(refused);
      expect(verify({ kind: 'header', name: 'X-Key', value: secret }, headers, 'x')).toEqual(refused);
      expect(verify({ kind: 'header', name: 'X-Absent', value: secret }, headers, 'x')).toEqual(refused);
      expect(verify({ kind: 'basic', user: 'me', password: secret }, headers, 'x')).toEqual(refused);
      expect(verify({ kind: 'hmac', header: 'X-Sig', secret }, headers, 'x')).toEqual(refused);
      expect(verify({ kind: 'standard-webhooks', secret }, headers, 'x')).toEqual(refused);
    });
  }
  test.each([null, undefined, '', 'github', 7, [], {}, { kind: 'none' }, { kind: null }])(
    'authentication of no known kind: %j',
    (auth) => {
      expect(verify(auth, headers, 'x')).toEqual(refused);
    },
  );
  test('a prefix without key material', () => {
    for (const secret of ['whsec_', 'whsec_=', 'whsec_!!!', 'whsec_ ']) {
      expect(verify({ kind: 'standard-webhooks', secret }, headers, 'x')).toEqual(refused);
    }
  });
});

describe('header', () => {
  const auth = { kind: 'header', name: 'X-Api-Key', value: 'schlüssel-1' };
  const wire = Buffer.from('schlüssel-1').toString('latin1'); // UTF-8 bytes as node:http hands them out
  test('accepts exactly the value', () => {
    expect(verify(auth, { 'x-api-key': wire }, '')).toEqual({ ok: true });
    for (const value of ['', 'schl', `${wire}x`, wire.toUpperCase(), `${wire}, ${wire}`, 'schl\u01fcssel-1', 'schlüssel-1']) {
      expect(verify(auth, { 'x-api-key': value }, ''), value).toEqual(refused);
    }
    expect(verify(auth, {}, '')).toEqual(refused);
  });
  test('does not take a character for another of the same low byte', () => {
    expect(verify({ ...auth, value: 'AB' }, { 'x-api-key': '\u0141B' }, '')).toEqual(refused);
  });
});

describe('basic', () => {
  const auth = { kind: 'basic', user: 'me', password: 'p:ss wörd' };
  const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
  test('accepts exactly the pair', () => {
    expect(verify(auth, basic('me:p:ss wörd'), '')).toEqual({ ok: true });
    expect(verify(auth, { authorization: basic('me:p:ss wörd').authorization.replace('Basic', 'bASIC') }, '')).toEqual({
      ok: true,
    });
    for (const pair of ['me:', 'me', ':p:ss wörd', 'me:p:ss wörd ', 'ME:p:ss wörd', '']) {
      expect(verify(auth, basic(pair), ''), pair).toEqual(refused);
    }
    expect(verify(auth, {}, '')).toEqual(refused);
    expect(verify(auth, { authorization: 'Bearer me:p' }, '')).toEqual(refused);
    expect(verify(auth, { authorization: `${basic('me:p:ss wörd').authorization}!` }, '')).toEqual(refused);
  });
  test('with a colon in the user refuses: the pair would not be one pair', () => {
    expect(verify({ kind: 'basic', user: 'a:b', password: 'c' }, basic('a:b:c'), '')).toEqual(refused);
  });
});

describe('hmac', () => {
  const secret = 'hmac secret';
  test.each([
    ['sha256', 'hex', ''],
    ['sha256', 'base64', ''],
    ['sha512', 'hex', 'v1='],
    ['sha384', 'base64', 'sig '],
    ['sha1', 'hex', 'sha1='],
  ] as const)('%s in %s after %j', (algorithm, encoding, prefix) => {
    const auth = { kind: 'hmac', secret, header: 'X-Sig', algorithm, encoding, prefix };
    const good = prefix + hmac(secret, 'body', algorithm, encoding);
    expect(verify(auth, { 'x-sig': good }, 'body')).toEqual({ ok: true });
    for (const bad of [good.slice(0, -1), `${good}=`, `${good},${good}`, good.slice(prefix.length + 1), prefix, '', `x${good}`]) {
      expect(verify(auth, { 'x-sig': bad }, 'body'), bad).toEqual(refused);
    }
    expect(verify(auth, { 'x-sig': good }, 'bodx')).toEqual(refused);
    expect(verify(auth, {}, 'body')).toEqual(refused);
  });

  test('needs no defaults written out, and takes hexadecimal in either case', () => {
    const auth = { kind: 'hmac', secret, header: 'X-Sig' };
    expect(verify(auth, { 'x-sig': hmac(secret, 'body') }, 'body')).toEqual({ ok: true });
    expect(verify(auth, { 'x-sig': hmac(secret, 'body').toUpperCase() }, 'body')).toEqual({ ok: true });
  });

  test('with a timestamp is bound to it and to the tolerance', () => {
    const auth = { kind: 'hmac', secret, header: 'X-Sig', timestampHeader: 'X-Time', toleranceSeconds: 60 };
    const at = (time: string | number, signedTime: string | number = time, body = 'body') =>
      verify(auth, { 'x-time': String(time), 'x-sig': hmac(secret, `${signedTime}.body`) }, body);
    expect(at(now)).toEqual({ ok: true });
    expect(at(now - 60)).toEqual({ ok: true });
    expect(at(now + 60)).toEqual({ ok: true });
    const bad = [
      now - 61,
      now + 61,
      nowMs,
      'NaN',
      '',
      '0',
      '-1',
      `+${now}`,
      ` ${now}`,
      `${now} `,
      `${now}.0`,
      `${now}x`,
      `0${now}`,
      '1.7e9',
      '0x6553f100',
      'Infinity',
    ];
    for (const time of bad) expect(at(time), String(time)).toEqual(refused);
    expect(at(now, now - 1)).toEqual(refused);
    expect(verify(auth, { 'x-sig': hmac(secret, `${now}.body`) }, 'body')).toEqual(refused);
    // A part of the body taken for the timestamp, and the reverse.
    expect(verify(auth, { 'x-time': String(now), 'x-sig': hmac(secret, `${now}.1.body`) }, '1.body')).toEqual({ ok: true });
    expect(verify(auth, { 'x-time': `${now}.1`, 'x-sig': hmac(secret, `${now}.1.body`) }, 'body')).toEqual(refused);
  });

  test("takes other forms of what is signed, as Slack's", () => {
    const auth = {
      kind: 'hmac',
      secret,
      header: 'X-Sig',
      prefix: 'v0=',
      timestampHeader: 'X-Time',
      signed: 'v0:{timestamp}:{body}',
    };
    expect(verify(auth, { 'x-time': String(now), 'x-sig': `v0=${hmac(secret, `v0:${now}:a=b`)}` }, 'a=b')).toEqual({ ok: true });
    expect(verify(auth, { 'x-time': String(now), 'x-sig': `v0=${hmac(secret, `${now}.a=b`)}` }, 'a=b')).toEqual(refused);
  });

  test('whose timestamp is not signed, or whose body is not, is no definition', () => {
    const headers = { 'x-time': String(now), 'x-sig': hmac(secret, 'body') };
    for (const signed of ['{body}', '{timestamp}', 'body', '{body}{body}{timestamp}', '']) {
      expect(
        verify({ kind: 'hmac', secret, header: 'X-Sig', timestampHeader: 'X-Time', signed }, headers, 'body'),
        signed,
      ).toEqual(refused);
    }
    expect(verify({ kind: 'hmac', secret, header: 'X-Sig', signed: '{timestamp}.{body}' }, headers, 'body')).toEqual(refused);
  });
});

describe('standard-webhooks', () => {
  const key = Buffer.from('0123456789abcdef01234567');
  const secret = `whsec_${key.toString('base64')}`;
  const auth = { kind: 'standard-webhooks', secret };
  const signature = (id: string, time: string | number, body: string | Uint8Array, by: Uint8Array = key) =>
    `v1,${hmac(by, Buffer.concat([Buffer.from(`${id}.${time}.`), Buffer.from(body)]), 'sha256', 'base64')}`;
  const headers = (id: string, time: string | number, signatures: string) => ({
    'webhook-id': id,
    'webhook-timestamp': String(time),
    'webhook-signature': signatures,
  });

  test('accepts what the reference package signs, and tells the delivery id', () => {
    const signed = new Webhook(secret).sign('msg_1', new Date(nowMs), '{"a":1}');
    expect(verify(auth, headers('msg_1', now, signed), '{"a":1}')).toEqual({ ok: true, deliveryId: 'msg_1' });
    expect(verify({ ...auth, secret: key.toString('base64') }, headers('msg_1', now, signed), '{"a":1}').ok).toBe(true);
  });

  test('accepts one good signature among others, in any place', () => {
    const good = signature('msg_1', now, 'body');
    const old = signature('msg_1', now, 'body', Buffer.from('old key'));
    for (const list of [`${old} ${good}`, `${good} ${old}`, `v1a,${'x'.repeat(80)} ${good}`, `garbage ${good} v2,x`]) {
      expect(verify(auth, headers('msg_1', now, list), 'body').ok, list).toBe(true);
    }
  });

  const good = signature('msg_1', now, 'body');
  test.each<[string, Record<string, string>, string]>([
    ['a changed body', headers('msg_1', now, good), 'bodx'],
    ['a changed id', headers('msg_2', now, good), 'body'],
    ['a changed timestamp', headers('msg_1', now + 1, good), 'body'],
    ['no id', { 'webhook-timestamp': String(now), 'webhook-signature': good }, 'body'],
    ['no timestamp', { 'webhook-id': 'msg_1', 'webhook-signature': good }, 'body'],
    ['no signature', { 'webhook-id': 'msg_1', 'webhook-timestamp': String(now) }, 'body'],
    ['an empty id', headers('', now, signature('', now, 'body')), 'body'],
    ['the version stripped', headers('msg_1', now, good.slice(3)), 'body'],
    ['the version swapped', headers('msg_1', now, good.replace('v1', 'v2')), 'body'],
    ['the asymmetric version', headers('msg_1', now, good.replace('v1', 'v1a')), 'body'],
    ['an empty version', headers('msg_1', now, good.replace('v1', '')), 'body'],
    ['a truncated signature', headers('msg_1', now, good.slice(0, -4)), 'body'],
    ['only the version', headers('msg_1', now, 'v1,'), 'body'],
    ['a signature without padding', headers('msg_1', now, good.replace('=', '')), 'body'],
    ['a signature with more after it', headers('msg_1', now, `${good},x`), 'body'],
    ['signatures joined by commas', headers('msg_1', now, `${good}, ${good}`.replace(' ', '')), 'body'],
    ['ten thousand signatures', headers('msg_1', now, `${'v1,x '.repeat(10_000)}${good}`), 'body'],
    ['the id and timestamp shifted over the dot', headers(`msg_1.${now}`, now, signature(`msg_1.${now}`, now, 'body')), 'body'],
    ['a part of the body moved into the id', headers('msg_1', now, signature('msg_1', `${now}.${now}`, 'body')), 'body'],
  ])('refuses %s', (_name, given, body) => {
    expect(verify(auth, given, body)).toEqual(refused);
  });

  test('refuses old, future and odd timestamps although they are signed', () => {
    expect(verify(auth, headers('msg_1', now - 300, signature('msg_1', now - 300, 'b')), 'b').ok).toBe(true);
    expect(verify(auth, headers('msg_1', now + 300, signature('msg_1', now + 300, 'b')), 'b').ok).toBe(true);
    for (const time of [
      now - 301,
      now + 301,
      nowMs,
      'NaN',
      'Infinity',
      '-1',
      '0',
      '',
      `${now}x`,
      `0${now}`,
      ` ${now}`,
      `${now}.5`,
      '1e10',
    ]) {
      expect(verify(auth, headers('msg_1', time, signature('msg_1', time, 'b')), 'b'), String(time)).toEqual(refused);
    }
  });

  test('signs bytes: what is no UTF-8 is not interchangeable', () => {
    const signed = signature('msg_1', now, Uint8Array.of(0xff));
    expect(verify(auth, headers('msg_1', now, signed), Uint8Array.of(0xff)).ok).toBe(true);
    expect(verify(auth, headers('msg_1', now, signed), Uint8Array.of(0xfe))).toEqual(refused);
    expect(verify(auth, headers('msg_1', now, signed), '\ufffd')).toEqual(refused);
  });
});

import { StepError } from '@automateos/shared/model/step-error';
import type { HttpClient, HttpRequest, HttpResponse } from '@automateos/shared/ports/http-client';
import { expect, test } from 'vitest';
import { fetchOverHttp } from './fetch-over-http.ts';

function recording(answer: Partial<HttpResponse> = {}): { readonly http: HttpClient; readonly sent: HttpRequest[] } {
  const sent: HttpRequest[] = [];
  const http: HttpClient = {
    async send(request) {
      sent.push(request);
      return { status: 200, headers: {}, body: Buffer.from('{"ok":true}'), url: request.url, ...answer };
    },
  };
  return { http, sent };
}
const limits = { timeoutMs: 1_000, maxBytes: 10_000 };

test('method, headers and every kind of body go through the guarded client, within its limits', async () => {
  const { http, sent } = recording({ headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } });
  const send = fetchOverHttp(http, limits);
  const form = await send('https://idp.example/token', { method: 'POST', body: new URLSearchParams({ a: 'b c' }) });
  expect(await form.json()).toEqual({ ok: true });
  expect(form.headers.get('content-encoding')).toBeNull();
  expect(form.url).toBe('https://idp.example/token');
  await send(new Request('https://idp.example/mcp', { method: 'POST', body: '{}', headers: { 'x-a': '1' } }));
  await send(new URL('https://idp.example/none'), { redirect: 'manual' });
  const streamed = new Blob(['stream']).stream();
  await send('https://idp.example/stream', { method: 'PUT', body: streamed });
  expect(
    sent.map(({ method, body, followRedirects }) => [method, body && Buffer.from(body).toString(), followRedirects]),
  ).toEqual([
    ['POST', 'a=b+c', true],
    ['POST', '{}', true],
    ['GET', undefined, false],
    ['PUT', 'stream', true],
  ]);
  expect(sent[0]?.headers['content-type']).toContain('application/x-www-form-urlencoded');
  expect(sent[1]?.headers['x-a']).toBe('1');
  expect(sent[0]).toMatchObject(limits);
});

test('a status without body, a redirect that is an error, and a refusal of the client arrive as such', async () => {
  expect(
    (await fetchOverHttp(recording({ status: 204, body: Buffer.alloc(0) }).http, limits)('https://a.example')).body,
  ).toBeNull();
  const away = fetchOverHttp(recording({ status: 302, headers: { location: 'https://b.example' } }).http, limits);
  expect((await away('https://a.example', { redirect: 'manual' })).status).toBe(302);
  await expect(away('https://a.example', { redirect: 'error' })).rejects.toThrow('redirect');
  const refused = new StepError({ code: 'EGRESS_REFUSED', message: 'no', retryable: false });
  const refusing = fetchOverHttp({ send: () => Promise.reject(refused) }, limits);
  await expect(refusing('http://169.254.169.254/')).rejects.toBe(refused);
});

test('a signal of the call or of the whole ends it; a host that is not admitted and a body too large are never sent', async () => {
  const { http, sent } = recording();
  const gone = AbortSignal.abort(new Error('gone'));
  await expect(fetchOverHttp(http, limits)('https://a.example', { signal: gone })).rejects.toThrow('gone');
  await expect(fetchOverHttp(http, { ...limits, signal: gone })('https://a.example')).rejects.toThrow('gone');
  const admit = (url: URL) => {
    if (url.hostname !== 'a.example') throw new Error('not there');
  };
  await expect(fetchOverHttp(http, { ...limits, admit })('https://b.example')).rejects.toThrow('not there');
  const big = fetchOverHttp(http, { ...limits, maxRequestBytes: 3 });
  await expect(big('https://a.example', { method: 'POST', body: 'four' })).rejects.toThrow('larger than 3 bytes');
  expect(sent).toEqual([]);
});

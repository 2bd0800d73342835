import { expect, test } from 'vitest';
import { createApiFixture } from '../../testing/api-fixture.ts';

const origin = 'https://console.example';
const preflight = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' };

test('a named origin may read answers, their headers included, but never with cookies', async () => {
  const api = await createApiFixture({}, { corsOrigins: [origin] });
  const asked = await api.call('OPTIONS', '/v1/workflows/wf_1', undefined, { origin, ...preflight, authorization: null });
  expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
  expect(asked.headers.get('access-control-allow-methods')).toContain('PUT');
  expect(asked.headers.get('access-control-allow-headers')).toContain('If-Match');
  for (const path of ['/v1/workflows', '/v1/workflows/wf_none']) {
    const read = await api.call('GET', path, undefined, { origin });
    expect(read.headers.get('access-control-allow-origin')).toBe(origin);
    expect(read.headers.get('access-control-expose-headers')).toContain('ETag');
    expect(read.headers.get('access-control-allow-credentials')).toBeNull();
    expect(read.headers.get('vary')).toContain('Origin');
  }
});

test.each(['https://evil.example', 'https://console.example.evil.example', 'null', 'http://console.example', `${origin}:8443`])(
  'the origin %s is not reflected',
  async (other) => {
    const api = await createApiFixture({}, { corsOrigins: [origin] });
    const asked = await api.call('OPTIONS', '/v1/workflows', undefined, { origin: other, ...preflight, authorization: null });
    const read = await api.call('GET', '/v1/workflows', undefined, { origin: other });
    for (const { headers } of [asked, read]) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(headers.get('vary')).toContain('Origin');
    }
    expect(asked.status).toBe(405);
  },
);

test('without named origins no header of it is sent', async () => {
  const api = await createApiFixture();
  const { headers } = await api.call('GET', '/v1/workflows', undefined, { origin });
  expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
});

import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { googleTelemetryHeaders, isGoogleTelemetry } from './metadata-token.ts';

let server: ReturnType<typeof createServer> | undefined;
afterEach(() => server?.close());

async function metadataServer(
  answer: (request: { url: string; flavor: string }) => [status: number, body: string],
): Promise<string> {
  server = createServer((request, response) => {
    const [status, body] = answer({ url: request.url ?? '', flavor: String(request.headers['metadata-flavor']) });
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

describe('headers for the OTLP endpoint of Google Cloud', () => {
  it('carry the token of the machine, fetched once and again shortly before it ends', async () => {
    let fetched = 0;
    let now = 0;
    const host = await metadataServer(({ url, flavor }) => {
      fetched += 1;
      expect([url, flavor]).toEqual(['/computeMetadata/v1/instance/service-accounts/default/token', 'Google']);
      return [200, JSON.stringify({ access_token: `token-${fetched}`, expires_in: 3_600, token_type: 'Bearer' })];
    });
    const headers = googleTelemetryHeaders({ projectId: 'demo-test', now: () => now, host });
    expect(await headers()).toEqual({ authorization: 'Bearer token-1', 'x-goog-user-project': 'demo-test' });
    now = 3_400_000;
    expect(await headers()).toMatchObject({ authorization: 'Bearer token-1' });
    now = 3_500_000;
    expect(await headers()).toMatchObject({ authorization: 'Bearer token-2' });
  });

  it('are none, without a throw, where nobody answers or the answer is no token', async () => {
    const headers = async (host: string) => googleTelemetryHeaders({ projectId: 'demo-test', now: () => 0, host })();
    expect(await headers('127.0.0.1:1')).toEqual({});
    expect(await headers(await metadataServer(() => [404, 'no']))).toEqual({});
    server?.close();
    expect(await headers(await metadataServer(() => [200, '{"access_token": 5}']))).toEqual({});
  });

  it('are for Google alone', () => {
    expect(isGoogleTelemetry('https://telemetry.googleapis.com/v1/traces')).toBe(true);
    expect(isGoogleTelemetry('https://telemetry.googleapis.com.evil.example/v1/traces')).toBe(false);
    expect(isGoogleTelemetry('http://telemetry.googleapis.com/v1/traces')).toBe(false);
    expect(isGoogleTelemetry('https://collector.example/v1/traces')).toBe(false);
  });
});

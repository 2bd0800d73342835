/** The protocol's own conformance suite against /mcp. Its client sends no credential, so that one is put on every request on the way in. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JsonObject } from '@automateos/shared/model/json';
import { expect, test } from 'vitest';
import { createApiFixture } from '../../testing/api-fixture.ts';
import { createHttpServer } from '../http-server.ts';

const program = join(
  dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')),
  'dist/index.js',
);

test('passes the scenarios that ask for tools, and fails no other than those that ask for what it does not offer', async () => {
  const api = await createApiFixture();
  const offer = async (name: string, node: JsonObject): Promise<void> => {
    const nodes = [
      { id: 'go', type: 'trigger.manual' },
      { id: 'a', ...node },
    ];
    const settings = { mcp: { enabled: true, name, description: 'What the suite asks for.' } };
    const body = { name, nodes, edges: [{ from: 'go', to: 'a' }], settings };
    expect((await api.call('POST', '/v1/workflows?activate=true', body)).status).toBe(201);
  };
  const text = 'This is a simple text response for testing.';
  await offer('test_simple_text', { type: 'test.effect', params: { value: text } });
  await offer('test_error_handling', {
    type: 'flow.fail',
    params: { message: 'This tool intentionally returns an error for testing' },
  });
  api.app.effects.behave = ({ params }) => ({ output: params.value ?? null });

  const server = createHttpServer({ api: api.api });
  server.prependListener('request', (request) => {
    request.rawHeaders.push('authorization', `Bearer ${api.token}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listens on TCP
  const folder = await mkdtemp(join(tmpdir(), 'mcp-conformance-'));
  try {
    const baseline = join(import.meta.dirname, 'conformance-baseline.yaml');
    const url = `http://127.0.0.1:${port}/mcp`;
    const child = spawn(process.execPath, [program, 'server', '--url', url, '--expected-failures', baseline], { cwd: folder });
    const output: string[] = [];
    child.stdout.on('data', (chunk) => output.push(String(chunk)));
    child.stderr.on('data', (chunk) => output.push(String(chunk)));
    const [code] = await once(child, 'close');
    expect(code, output.join('')).toBe(0);
    expect(output.join('')).toContain('dns-rebinding-protection');
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  }
});

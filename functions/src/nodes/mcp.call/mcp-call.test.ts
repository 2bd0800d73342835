import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { JsonObject } from '@automateos/shared/model/json';
import { StepError, type StepFailure } from '@automateos/shared/model/step-error';
import type { StepContext } from '@automateos/shared/ports/node-runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { startLoopbackServer } from '../../testing/loopback-server.ts';
import { createGuardedHttp } from '../../testing/scripted-http.ts';
import { stepCredential } from '../../testing/step-credential.ts';
import { execute } from './execute.ts';
import { McpCallParams } from './params.ts';

const http = createGuardedHttp('127.0.0.1');
afterAll(() => http.close());

function run(params: JsonObject, more: Partial<StepContext> = {}) {
  const context: StepContext = {
    ...{ org: 'org_1', executionId: 'exe_1', workflowId: 'wf_1', nodeId: 'ask', attempt: 1, globals: {} },
    params: McpCallParams.parse(params) as JsonObject,
    idempotencyKey: 'key-1',
    signal: new AbortController().signal,
    credential: null,
    http,
    sandbox: { run: () => Promise.reject(new Error('no scripts here')) },
    log: () => {},
    ...more,
  };
  return execute(context);
}

async function failureOf(running: Promise<unknown>): Promise<StepFailure> {
  try {
    await running;
  } catch (error) {
    if (error instanceof StepError) return error.failure;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('the server that the protocol brings along', () => {
  let url = '';
  let end = (): void => {};

  beforeAll(async () => {
    const port = await freePort();
    const program = join(
      createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/package.json'),
      '../dist/index.js',
    );
    const child = spawn(process.execPath, [program, 'streamableHttp'], { env: { PORT: String(port) } });
    end = () => child.kill('SIGKILL');
    const said = (stream: NodeJS.ReadableStream) => once(stream, 'data');
    await Promise.race([said(child.stderr), said(child.stdout)]);
    url = `http://127.0.0.1:${port}/mcp`;
  });
  afterAll(() => end());

  test('answers text, structured content and images', async () => {
    const echo = await run({ server: url, tool: 'echo', arguments: { message: 'hello' } });
    expect(echo.output).toMatchObject({ text: 'Echo: hello', structured: null });
    const weather = await run({ server: url, tool: 'get-structured-content', arguments: { location: 'New York' } });
    expect(weather.output).toMatchObject({ structured: { temperature: expect.any(Number) } });
    const image = await run({ server: url, tool: 'get-tiny-image' });
    expect(image.output).toMatchObject({
      content: expect.arrayContaining([expect.objectContaining({ type: 'image', mimeType: 'image/png' })]),
    });
  });

  test('says which tools it lacks and which arguments do not fit: the step fails, and is not tried again', async () => {
    for (const call of [{ tool: 'no-such-tool' }, { tool: 'get-sum', arguments: { a: 'one' } }]) {
      const failure = await failureOf(run({ server: url, ...call }));
      expect(['MCP_FAILED', 'MCP_TOOL_FAILED']).toContain(failure.code);
      expect(failure.retryable).toBe(false);
    }
  });

  test('that takes too long is given up with the step, and so is an answer that is too large', async () => {
    const abort = new AbortController();
    const slow = { server: url, tool: 'trigger-long-running-operation', arguments: { duration: 60, steps: 2 } };
    const running = failureOf(run(slow, { signal: abort.signal }));
    setTimeout(() => abort.abort(new StepError({ code: 'TIMEOUT', message: 'too long', class: 'timeout' })), 300);
    expect(await running).toMatchObject({ code: 'TIMEOUT' });
    expect(await failureOf(run({ server: url, tool: 'get-tiny-image', maxBytes: 500 }))).toMatchObject({
      code: 'RESPONSE_TOO_LARGE',
    });
  });
});

describe('our own server', () => {
  let api: ApiFixture;

  async function served() {
    api = await createApiFixture();
    const nodes = [
      { id: 'go', type: 'trigger.manual' },
      { id: 'a', type: 'data.set', params: { values: { twice: '{{ input.n * 2 }}' } } },
    ];
    const settings = { mcp: { enabled: true } };
    const body = { name: 'double', nodes, edges: [{ from: 'go', to: 'a' }], settings };
    expect((await api.call('POST', '/v1/workflows?activate=true', body)).status).toBe(201);
    return startLoopbackServer(async ({ method, url, headers, body: sent }) => {
      const given = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
      const init = { method, headers: given, ...(sent.length > 0 && { body: new Uint8Array(sent) }) };
      const response = await api.api.fetch(new Request(`http://127.0.0.1${url}`, init));
      return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
    });
  }

  test('runs a workflow for the key of the connection, once for a step that is tried twice', async () => {
    await using server = await served();
    const credential = {
      ...stepCredential('http-bearer', { token: api.token }),
      kind: 'mcp-connection',
      data: { url: `${server.origin}/mcp` },
    };
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const { output } = await run({ tool: 'double', arguments: { n: 4 } }, { credential, attempt });
      expect(output).toMatchObject({ structured: { twice: 8 } });
    }
    expect((await api.call('GET', '/v1/executions')).body.items).toHaveLength(1);
    expect(await failureOf(run({ server: 'http://127.0.0.1:1/', tool: 'double' }, { credential }))).toMatchObject({
      code: 'PARAMS_INVALID',
    });
  });

  test('lets nobody in without a key, and the step says so', async () => {
    await using server = await served();
    const failure = await failureOf(run({ server: `${server.origin}/mcp`, tool: 'double' }));
    expect(failure).toMatchObject({ code: 'MCP_FAILED', retryable: false, details: { status: 401 } });
  });
});

describe('an address', () => {
  test('that is not public, or redirects to another, is refused', async () => {
    const guarded = createGuardedHttp();
    for (const server of ['http://127.0.0.1:9/mcp', 'http://169.254.169.254/mcp', 'http://[::ffff:10.0.0.1]/mcp']) {
      expect(await failureOf(run({ server, tool: 'x' }, { http: guarded }))).toMatchObject({ code: 'EGRESS_REFUSED' });
    }
    await guarded.close();
    await using elsewhere = await startLoopbackServer(() => ({ body: '{}' }));
    await using server = await startLoopbackServer(() => ({ status: 307, headers: { location: elsewhere.origin } }));
    expect(await failureOf(run({ server: server.origin, tool: 'x' }))).toMatchObject({ code: 'MCP_FAILED' });
    expect(elsewhere.seen).toHaveLength(0);
    expect(await failureOf(run({ server: 'no address', tool: 'x' }))).toMatchObject({ code: 'URL_INVALID' });
    expect(await failureOf(run({ tool: 'x' }))).toMatchObject({ code: 'PARAMS_INVALID' });
  });

  test.each([
    [503, true],
    [429, true],
    [404, false],
  ])('that answers %d: tried again %s', async (status, retryable) => {
    await using server = await startLoopbackServer(() => ({ status, body: 'busy' }));
    expect(await failureOf(run({ server: server.origin, tool: 'x' }))).toMatchObject({ code: 'MCP_FAILED', retryable });
  });

  test('that speaks something else is told so', async () => {
    await using server = await startLoopbackServer(() => ({ headers: { 'content-type': 'text/html' }, body: '<html>' }));
    expect(await failureOf(run({ server: server.origin, tool: 'x' }))).toMatchObject({ code: 'MCP_FAILED', retryable: false });
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listens on TCP
  server.close();
  await once(server, 'close');
  return port;
}

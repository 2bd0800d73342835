import { expect, test } from 'vitest';
import { type Routes, sse, startLoopbackServer } from '../testing/loopback-server.ts';
import { createFolder, runCommand } from '../testing/run-command.ts';

const execution = {
  ...{ id: 'exe_1', workflowId: 'wf_1', workflowName: 'order alert', version: 2, status: 'failed', generation: 1 },
  ...{ startedAt: '2026-03-01T11:57:00.000Z', endedAt: '2026-03-01T11:57:01.500Z', trigger: { kind: 'webhook', nodeId: 'hook' } },
  error: { code: 'HTTP_STATUS', message: 'shop answered 500', nodeId: 'fetch' },
  output: null,
  steps: [
    {
      nodeId: 'hook',
      scope: '',
      status: 'succeeded',
      attempt: 1,
      startedAt: '2026-03-01T11:57:00.000Z',
      endedAt: '2026-03-01T11:57:00.002Z',
    },
    { nodeId: 'price', scope: 'lines[0]', status: 'succeeded', attempt: 1 },
    { nodeId: 'fetch', scope: '', status: 'failed', attempt: 3, error: { code: 'HTTP_STATUS', message: 'shop answered 500' } },
  ],
};

const serve = (more: Routes = {}) =>
  startLoopbackServer({
    'GET /v1/workflows': { json: { items: [{ id: 'wf_1', name: 'order alert' }], nextCursor: null } },
    'GET /v1/executions': { json: { items: [execution], nextCursor: 'next' } },
    'GET /v1/executions/exe_1': { json: execution },
    ...more,
  });

const command = async (url: string, ...argv: string[]) => runCommand(await createFolder(), [...argv, '--url', url]);

test('list takes names and ages for filters, and answers an aligned table', async () => {
  const { url, asked } = await serve();
  const { code, stdout, stderr } = await command(url, 'executions', 'list', '-w', 'order alert', '-s', 'failed', '--from', '2h');
  expect(code).toBe(0);
  expect(asked.at(-1)?.query).toEqual({ workflowId: 'wf_1', status: 'failed', from: '2026-03-01T10:00:00.000Z', limit: '20' });
  expect(stdout.split('\n')).toEqual([
    'EXECUTION  WORKFLOW     STATUS  BY         STARTED   TOOK  ERROR',
    'exe_1      order alert  failed  webhook  3 min ago  1.5 s  HTTP_STATUS shop answered 500',
    '',
  ]);
  expect(stderr).toBe('There are more: --cursor next\n');
});

test('a narrow terminal cuts the columns that can give way, and no line is wider', async () => {
  const { url } = await serve();
  const { stdout } = await runCommand(await createFolder(), ['executions', 'list', '--url', url], { columns: 68 });
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(68);
  expect(stdout).toContain('HTTP_S');
  expect(stdout).toContain('…');
});

test('show tells steps, error and what to do; items of a loop only when asked for', async () => {
  const { url } = await serve();
  const { stdout } = await command(url, 'show', 'exe_1');
  expect(stdout).toContain('✗ order alert  failed');
  expect(stdout).toContain('✓ hook  2 ms');
  expect(stdout).toContain('✗ fetch  failed 3 attempts  shop answered 500 [HTTP_STATUS]');
  expect(stdout).toContain('1 step of items: --every-item');
  expect(stdout).toContain('automateos retry exe_1');
  expect((await command(url, 'show', 'exe_1', '--every-item')).stdout).toContain('lines[0] price');
});

test('--json passes on what the server said, unknown fields too', async () => {
  const { url } = await serve({ 'GET /v1/executions/exe_1': { json: { ...execution, surprise: 1 } } });
  expect(JSON.parse((await command(url, 'show', 'exe_1', '--json')).stdout)).toEqual({ ...execution, surprise: 1 });
});

test('tail --json is a line for each event and the execution as the last', async () => {
  const events = [sse('step', { type: 'step', step: execution.steps[0] }), sse('done', {})];
  const { url } = await serve({ 'GET /v1/executions/exe_1/events': { events } });
  const { code, stdout } = await command(url, 'tail', 'exe_1', '--json');
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(code).toBe(1);
  expect(lines[0]).toMatchObject({ type: 'step', step: { nodeId: 'hook' } });
  expect(lines.at(-1)).toMatchObject({ type: 'done', execution: { id: 'exe_1', status: 'failed' } });
});

test('logs --follow tells every line once, to the end', async () => {
  const line = (message: string) => ({ at: '2026-03-01T11:57:00.000Z', level: 'info', nodeId: 'a', message });
  const looks = [['one'], ['one', 'two'], ['one', 'two', 'three']];
  let look = -1;
  const { url } = await serve({
    'GET /v1/executions/exe_1': () => {
      look += 1;
      return { json: { ...execution, status: look < 2 ? 'running' : 'succeeded' } };
    },
    'GET /v1/executions/exe_1/logs': () => ({ json: { items: looks[look]?.map(line), nextCursor: null } }),
  });
  const { stdout } = await command(url, 'logs', 'exe_1', '--follow');
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((text) => text.split('  ').at(-1)),
  ).toEqual(['one', 'two', 'three']);
});

test.each([
  [['retry', 'exe_1'], '/retry', {}],
  [['retry', 'exe_1', '--version', '3'], '/retry', { version: 3 }],
  [['fork', 'exe_1', '--from', 'fetch', '-i', '{"a":1}'], '/fork', { nodeId: 'fetch', input: { a: 1 } }],
  [['executions', 'cancel', 'exe_1'], '/cancel', {}],
  [['pause', 'exe_1'], '/pause', {}],
  [['resume', 'exe_1'], '/resume', {}],
])('%j asks for exactly that', async (argv, path, body) => {
  const { url, asked } = await serve({
    [`POST /v1/executions/exe_1${path}`]: { status: 202, json: { id: 'exe_1', status: 'running' } },
  });
  expect((await command(url, ...argv)).code).toBe(0);
  expect(asked.at(-1)?.json()).toEqual(body);
});

test('wrong usage is exit code 2, with what was meant', async () => {
  const { url } = await serve();
  expect(await command(url, 'executions', 'shwo')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean show?'),
  });
  expect(await command(url, 'fork', 'exe_1')).toMatchObject({ code: 2, stderr: expect.stringContaining('--from') });
  expect((await command(url, 'executions', 'list', '-s', 'done')).code).toBe(2);
  expect((await command(url, 'executions', 'list', '--limit', '0')).code).toBe(2);
});

import { expect, test } from 'vitest';
import { type Answer, type Asked, problem, type Routes, sse, startLoopbackServer } from '../testing/loopback-server.ts';
import { createFolder, runCommand } from '../testing/run-command.ts';

const step = (nodeId: string, status: string, more: Record<string, unknown> = {}) => ({
  ...{ nodeId, scope: '', status, attempt: 1, generation: 1, startedAt: '2026-03-01T11:59:58.000Z' },
  ...(status === 'running' ? {} : { endedAt: '2026-03-01T11:59:58.012Z' }),
  ...more,
});

const finished = (status: string, more: Record<string, unknown> = {}) => ({
  ...{ id: 'exe_1', workflowId: 'wf_1', version: 1, status, output: null, error: null, generation: 1, steps: [] },
  ...{ startedAt: '2026-03-01T11:59:58.000Z', endedAt: '2026-03-01T12:00:00.000Z' },
  ...more,
});

function serve(events: Answer | ((asked: Asked) => Answer), execution: unknown, more: Routes = {}) {
  return startLoopbackServer({
    'GET /v1/workflows': { json: { items: [{ id: 'wf_1', name: 'order alert', version: 1 }], nextCursor: null } },
    'POST /v1/workflows/wf_1/executions': { status: 202, json: { id: 'exe_1', status: 'running' } },
    'GET /v1/executions/exe_1/events': events,
    'GET /v1/executions/exe_1': { json: execution },
    ...more,
  });
}

const run = async (url: string, ...more: string[]) =>
  runCommand(await createFolder(), ['run', 'order alert', '--url', url, ...more]);

const goodEvents = [
  sse('step', step('fetch', 'running'), '1'),
  sse('step', step('fetch', 'succeeded'), '2'),
  sse('step', { type: 'step', step: step('notify', 'succeeded', { attempt: 2 }) }, '3'),
  sse('done', { status: 'succeeded' }, '4'),
];

test('steps go to stderr as they happen, the output alone to stdout', async () => {
  const { url, asked } = await serve({ events: goodEvents }, finished('succeeded', { output: { sent: true } }));
  const { code, stdout, stderr } = await run(url, '--input', '{"orderId": 7}', '--version', '3', '--trigger', 'hook');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ sent: true });
  expect(stderr.split('\n')).toEqual([
    'order alert  exe_1',
    '✓ fetch  12 ms',
    '✓ notify  12 ms 2 attempts',
    '✓ succeeded in 2.0 s  exe_1',
    '',
  ]);
  const start = asked.find((one) => one.method === 'POST');
  expect(start?.json()).toEqual({ input: { orderId: 7 }, version: 3, triggerId: 'hook' });
  expect(start?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
});

test('--json is one document on stdout and nothing else', async () => {
  const { url } = await serve({ events: goodEvents }, finished('succeeded', { output: 1 }));
  const { code, stdout, stderr } = await run(url, '--json');
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ id: 'exe_1', status: 'succeeded', output: 1 });
});

test.each([
  ['failed', 1],
  ['cancelled', 3],
  ['timed-out', 3],
])('an execution that ends as %s is exit code %i', async (status, expected) => {
  const error = { code: 'HTTP_STATUS', message: 'shop answered 500', nodeId: 'fetch' };
  const { url } = await serve({ events: [sse('done', {})] }, finished(status, { error }));
  const { code, stdout, stderr } = await run(url);
  expect([code, stdout]).toEqual([expected, '']);
  expect(stderr).toContain('shop answered 500 [HTTP_STATUS in fetch]');
});

test('a cut stream is taken up after the last event, and no step is told twice', async () => {
  const parts = [goodEvents.slice(0, 2), goodEvents.slice(1)];
  const { url, asked } = await serve(() => ({ events: parts.shift() ?? [] }), finished('succeeded'));
  const { code, stderr } = await run(url);
  expect(code).toBe(0);
  expect(asked.filter((one) => one.path.endsWith('/events')).map((one) => one.headers['last-event-id'])).toEqual([
    undefined,
    '2',
  ]);
  expect(stderr.match(/✓ fetch/g)).toHaveLength(1);
  expect(stderr).toContain('connection lost, trying again');
});

test('without event streams it asks again and again, to the same end', async () => {
  const states = [
    finished('running', { endedAt: null, steps: [step('fetch', 'running')] }),
    finished('running', { endedAt: null, steps: [step('fetch', 'succeeded')] }),
    finished('succeeded', { steps: [step('fetch', 'succeeded'), step('notify', 'succeeded')], output: 'ok' }),
  ];
  const { url } = await serve(problem(501, 'UNAVAILABLE', 'No streams here.'), null, {
    'GET /v1/executions/exe_1': () => ({ json: states.length > 1 ? states.shift() : states[0] }),
  });
  const { code, stdout, stderr } = await run(url);
  expect([code, stdout]).toEqual([0, 'ok\n']);
  expect(stderr).toContain('✓ fetch  12 ms\n✓ notify  12 ms\n');
});

test('a step that the stream left out is told from the stored execution', async () => {
  const { url } = await serve({ events: [sse('done', {})] }, finished('succeeded', { steps: [step('fetch', 'succeeded')] }));
  expect((await run(url)).stderr).toContain('✓ fetch');
});

test('a server that restarts meanwhile is waited for', async () => {
  const answers: Answer[] = [problem(503, 'UNAVAILABLE', 'Starting.'), { events: goodEvents }];
  const { url } = await serve(() => answers.shift() ?? {}, finished('succeeded'));
  expect((await run(url)).code).toBe(0);
});

test('Ctrl-C leaves the execution running and says how to follow again', async () => {
  const { url, asked } = await serve({ events: goodEvents.slice(0, 2), open: true }, finished('running'));
  const outcome = await runCommand(await createFolder(), ['run', 'order alert', '--url', url], {
    onOutput: (text) => text.includes('✓ fetch'),
  });
  expect(outcome.code).toBe(130);
  expect(outcome.stderr).toContain('The execution goes on. Follow it again: automateos tail exe_1');
  expect(asked.some((one) => one.path.endsWith('/cancel'))).toBe(false);
});

test('a wait for a person comes with the command that decides', async () => {
  const events = [sse('step', step('decide', 'waiting')), sse('done', {})];
  const { url } = await serve({ events }, finished('succeeded'), {
    'GET /v1/approvals': {
      json: {
        items: [
          { id: 'apr_1', executionId: 'exe_1', title: 'Refund?' },
          { id: 'apr_2', executionId: 'exe_2' },
        ],
        nextCursor: null,
      },
    },
  });
  const { stderr } = await run(url);
  expect(stderr).toContain('Refund?: automateos approvals approve apr_1');
  expect(stderr).not.toContain('apr_2');
});

test('items of a loop are counted, and told one by one only when they fail', async () => {
  const items = [0, 1, 2].map((at) => sse('step', step('price', at === 1 ? 'failed' : 'succeeded', { scope: `lines[${at}]` })));
  const { url } = await serve({ events: [...items, sse('done', {})] }, finished('succeeded'));
  const { stderr } = await run(url);
  expect(stderr).toContain('✗ lines[1] price  failed');
  expect(stderr).not.toContain('lines[0]');
  expect(stderr).toContain('✓ price  2 items');
});

test('text of others cannot steer the terminal', async () => {
  const error = { code: 'X', message: 'bad \u001b[2J\u001b]0;owned\u0007 news \u202eabc' };
  const { url } = await serve({ events: [sse('done', {})] }, finished('failed', { error }));
  const { stderr } = await run(url);
  for (const character of ['\u001b', '\u0007', '\u202e']) expect(stderr).not.toContain(character);
});

test('several triggers without a choice: the choices are shown', async () => {
  const { url } = await serve({}, null, {
    'POST /v1/workflows/wf_1/executions': problem(422, 'TRIGGER_REQUIRED', 'Send triggerId, one of hook, clock.'),
  });
  const { code, stderr } = await run(url);
  expect([code, stderr]).toEqual([1, '✗ Send triggerId, one of hook, clock. [TRIGGER_REQUIRED]\n  request req_1\n']);
});

test('an unknown workflow, a bad input and a missing server each have their exit code', async () => {
  const { url, stop } = await serve({}, null);
  expect((await runCommand(await createFolder(), ['run', 'nope', '--url', url])).code).toBe(1);
  const bad = await run(url, '--input', '{oops');
  expect(bad.code).toBe(2);
  expect(bad.stderr).toContain('--input is not JSON');
  await stop();
  const gone = await run(url);
  expect(gone.code).toBe(4);
  expect(gone.stderr).toContain('nothing listens there');
  expect(gone.stderr).toContain('npm start');
  expect(gone.stderr).not.toMatch(/\n\s+at /);
});

test('input comes from a pipe with -', async () => {
  const { url, asked } = await serve({ events: goodEvents }, finished('succeeded'));
  await runCommand(await createFolder(), ['run', 'order alert', '--url', url, '-i', '-', '--detach'], { stdin: '[1, 2]' });
  expect(asked.find((one) => one.method === 'POST')?.json()).toEqual({ input: [1, 2] });
});

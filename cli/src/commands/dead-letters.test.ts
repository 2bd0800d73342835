import { expect, test } from 'vitest';
import { type Routes, startLoopbackServer } from '../testing/loopback-server.ts';
import { createFolder, runCommand, type Situation } from '../testing/run-command.ts';

const letter = {
  ...{ id: 'dlq_1', kind: 'step', status: 'open', reason: 'CRASHED', message: 'The worker ended 5 times in a row' },
  ...{ executionId: 'exe_1', workflowId: 'wf_1', workflowName: 'order alert', nodeId: 'call', scope: 'each[2]' },
  ...{ createdAt: '2026-03-01T11:57:00.000Z', delivery: null },
};
const detail = {
  ...letter,
  execution: { id: 'exe_1', status: 'failed' },
  step: {
    ...{ nodeId: 'call', scope: 'each[2]', status: 'failed', attempt: 2, input: { url: 'https://a.example/' } },
    error: { code: 'CRASHED', message: 'The worker ended 5 times in a row' },
  },
  redrive: { possible: true, reason: null, editable: true },
};

const serve = (more: Routes = {}) =>
  startLoopbackServer({
    'GET /v1/dead-letters': { json: { items: [letter], nextCursor: null } },
    'GET /v1/dead-letters/dlq_1': { json: detail },
    'POST /v1/dead-letters/dlq_1/redrive': { status: 202, json: { executionId: 'exe_1', letters: ['dlq_1', 'dlq_2'] } },
    ...more,
  });

const command = async (url: string, argv: readonly string[], situation: Situation = {}) =>
  runCommand(await createFolder(), ['dead-letters', ...argv, '--url', url], situation);

test('list shows the open ones, or what the filters say', async () => {
  const { url, asked } = await serve();
  const { stdout } = await command(url, ['list']);
  expect(asked.at(-1)?.query).toEqual({ status: 'open', limit: '200' });
  expect(stdout.split('\n')).toEqual([
    'DEAD LETTER  REASON   STATUS  WORKFLOW     STEP          EXECUTION      SINCE',
    'dlq_1        CRASHED  open    order alert  each[2] call  exe_1      3 min ago',
    '',
  ]);
  await command(url, ['list', '-s', 'any', '-k', 'message', '-w', 'wf_1', '-e', 'exe_1', '--installation']);
  expect(asked.at(-1)?.query).toEqual({
    ...{ kind: 'message', workflowId: 'wf_1', executionId: 'exe_1', place: 'installation', limit: '200' },
  });
  expect((await command(url, ['list', '-s', 'lost'])).code).toBe(2);
});

test('show tells what the step was tried with and which command comes next', async () => {
  const { url } = await serve();
  const { stdout } = await command(url, ['show', 'dlq_1']);
  expect(stdout).toContain('exe_1 failed');
  expect(stdout).toContain('"url": "https://a.example/"');
  expect(stdout).toContain("automateos dead-letters redrive dlq_1 --input '{...}'");
  expect(stdout).toContain('automateos dead-letters discard dlq_1');
});

test('show of a message prints what it said without letting it write to the terminal', async () => {
  const data = Buffer.from('\u001b[31mred').toString('base64');
  const message = {
    ...letter,
    kind: 'message',
    reason: 'UNREADABLE_MESSAGE',
    delivery: { attempts: 20, subscription: 's', data },
  };
  const stuck = {
    ...message,
    execution: null,
    step: null,
    redrive: { possible: false, reason: 'it is none of ours', editable: false },
  };
  const { url } = await serve({ 'GET /v1/dead-letters/dlq_1': { json: stuck } });
  const { stdout } = await command(url, ['show', 'dlq_1']);
  expect(stdout).not.toContain('\u001b');
  expect(stdout).toContain('It cannot be redriven: it is none of ours');
  expect(stdout).not.toContain('dead-letters redrive');
});

test.each([
  [[], {}],
  [['--input', '{"url":"https://b.example/"}'], { input: { url: 'https://b.example/' } }],
])('redrive of one %j asks for exactly that', async (options, body) => {
  const { url, asked } = await serve();
  const { code, stdout } = await command(url, ['redrive', 'dlq_1', ...options]);
  expect([code, asked.at(-1)?.json()]).toEqual([0, body]);
  expect(stdout).toContain('dlq_1 is redriven, and 1 more of its execution.');
});

test('redrive of many goes on to the last page and fails if one could not be done', async () => {
  const bodies: unknown[] = [];
  const { url } = await serve({
    'POST /v1/dead-letters/redrive': (request) => {
      bodies.push(request.json());
      const first = bodies.length === 1;
      const problem = { code: 'NOT_REDRIVABLE', detail: 'it has not ended' };
      const item = first ? { id: 'dlq_1', ok: true } : { id: 'dlq_2', ok: false, problem };
      return { json: { items: [item], nextCursor: first ? 'next' : null } };
    },
  });
  const { code, stdout } = await command(url, ['redrive', '--all', '-w', 'wf_1', '--yes']);
  expect(bodies).toEqual([{ filter: { workflowId: 'wf_1' } }, { filter: { workflowId: 'wf_1' }, cursor: 'next' }]);
  expect(code).toBe(1);
  expect(stdout).toBe('✗ dlq_2  it has not ended [NOT_REDRIVABLE]\n1 dead letter redriven.\n');
});

test('discard asks first, and sends the reason', async () => {
  const { url, asked } = await serve({ 'POST /v1/dead-letters/discard': { json: { items: [{ id: 'dlq_1', ok: true }] } } });
  const refused = await command(url, ['discard', 'dlq_1'], { typed: ['n'] });
  expect([refused.questions.length, asked.length]).toEqual([1, 0]);
  expect((await command(url, ['discard', 'dlq_1'])).code).toBe(2);
  const { stdout } = await command(url, ['discard', 'dlq_1', '-r', 'known', '--yes']);
  expect(asked.at(-1)?.json()).toEqual({ ids: ['dlq_1'], reason: 'known' });
  expect(stdout).toBe('1 dead letter discarded.\n');
});

test('wrong usage is told before anything is asked of the server', async () => {
  const { url, asked } = await serve();
  for (const argv of [
    ['redrive'],
    ['discard'],
    ['redrive', 'a', 'b', '--input', '{}'],
    ['redrive', 'a', '--input', '[]'],
    ['discard', 'a', '--all', '--yes'],
  ]) {
    expect([argv, (await command(url, argv)).code]).toEqual([argv, 2]);
  }
  expect(asked).toEqual([]);
});

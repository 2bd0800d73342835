import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Asked, startLoopbackServer } from '../testing/loopback-server.ts';
import { createFolder, runCommand } from '../testing/run-command.ts';

const yaml = `name: order-alert
nodes:
  - { id: hook, type: trigger.manual }
  - id: fetch
    type: http.requst   # a slip
    params:
      url: "{{ nope }}"
edges: []
`;

const problems = [
  { path: 'nodes[1].type', code: 'UNKNOWN_NODE_TYPE', message: 'There is no node type http.requst.', suggestion: 'http.request' },
  { path: 'nodes[1].params.url', code: 'EXPRESSION_UNKNOWN_NAME', message: 'nope is not known here.' },
  { path: 'nodes[1].params.method', code: 'REQUIRED', message: 'is missing' },
];

const server = () =>
  startLoopbackServer({
    'POST /v1/workflows/validate': ({ body }: Asked) => ({
      json: body.includes('requst') ? { valid: false, problems } : { valid: true, problems: [] },
    }),
  });

test('every problem stands with file, line and column, and what was probably meant', async () => {
  const [{ url, asked }, folder] = [await server(), await createFolder()];
  await writeFile(join(folder, 'alert.yaml'), yaml);
  const { code, stdout } = await runCommand(folder, ['validate', 'alert.yaml', '--url', url]);
  expect(code).toBe(1);
  expect(stdout).toContain('alert.yaml:5:5  nodes[1].type  [UNKNOWN_NODE_TYPE]');
  expect(stdout).toContain('did you mean http.request?');
  expect(stdout).toContain('alert.yaml:7:7  nodes[1].params.url');
  // What is absent is placed where it belongs.
  expect(stdout).toContain('alert.yaml:6:5  nodes[1].params.method');
  expect(asked[0]?.headers['content-type']).toBe('application/yaml');
  expect(asked[0]?.body).toBe(yaml);
});

test('--json is one document with the places', async () => {
  const [{ url }, folder] = [await server(), await createFolder()];
  await writeFile(join(folder, 'alert.yaml'), yaml);
  const { code, stdout, stderr } = await runCommand(folder, ['validate', 'alert.yaml', '--url', url, '--json']);
  expect([code, stderr]).toEqual([1, '']);
  expect(JSON.parse(stdout)).toMatchObject({
    valid: false,
    files: [{ file: 'alert.yaml', problems: [{ path: 'nodes[1].type', line: 5, column: 5 }, {}, {}] }],
  });
});

test('malformed YAML is told with its place, without asking the server', async () => {
  const [{ url, asked }, folder] = [await server(), await createFolder()];
  await writeFile(join(folder, 'broken.yaml'), 'name: x\nnodes: [\n  {id: a\n');
  const { code, stdout } = await runCommand(folder, ['validate', 'broken.yaml', '--url', url]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/broken\.yaml:\d+:\d+ {2}\[MALFORMED_BODY\]/);
  expect(asked).toEqual([]);
});

test('an alias bomb is refused here, not expanded', async () => {
  const [{ url, asked }, folder] = [await server(), await createFolder()];
  const levels = 'bcdefghij'
    .split('')
    .map((name, at) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghij'[at]}`).join(',')}]`);
  await writeFile(join(folder, 'bomb.yaml'), `a: &a [1,1,1,1,1,1,1,1,1,1]\n${levels.join('\n')}\nnodes: *j\n`);
  const { code, stdout } = await runCommand(folder, ['validate', 'bomb.yaml', '--url', url]);
  expect([code, asked.length]).toEqual([1, 0]);
  expect(stdout).toContain('MALFORMED_BODY');
});

test('a folder counts its workflows only; a good one is exit code 0', async () => {
  const [{ url }, folder] = [await server(), await createFolder()];
  await writeFile(join(folder, 'good.json'), JSON.stringify({ name: 'good', nodes: [{ id: 'a', type: 'trigger.manual' }] }));
  await writeFile(join(folder, 'package.json'), '{"name": "no workflow"}');
  const { code, stdout } = await runCommand(folder, ['validate', '.', '--url', url]);
  expect([code, stdout]).toEqual([0, '✓ good.json  good\n']);
});

test('a file that does not exist is wrong usage', async () => {
  const { code, stderr } = await runCommand(await createFolder(), ['validate', 'nope.yaml']);
  expect(code).toBe(2);
  expect(stderr).toContain('nope.yaml does not exist.');
});

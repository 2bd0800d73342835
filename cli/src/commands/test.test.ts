import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startLoopbackServer } from '../testing/loopback-server.ts';
import { createFolder, runCommand } from '../testing/run-command.ts';

const result = {
  failures: [],
  status: 'succeeded',
  output: null,
  error: null,
  path: [],
  httpCalls: [],
  virtualMs: 0,
  durationMs: 12,
};
const failure = { path: 'output.total', expected: 2, actual: 1, message: 'output.total is 1, expected 2.' };
const report = {
  workflow: { id: null, name: 'orders', version: null },
  passed: 1,
  failed: 1,
  results: [
    { ...result, name: 'adds <up>', passed: true },
    { ...result, name: 'adds more', passed: false, failures: [failure] },
  ],
  coverage: { nodes: { total: 3, reached: 2, missed: ['tell'] }, ports: { total: 2, reached: 2, missed: [] } },
};

async function folderWithTests() {
  const folder = await createFolder();
  await mkdir(join(folder, 'flows'));
  await writeFile(join(folder, 'flows/orders.yaml'), 'name: orders\nnodes: [{ id: go, type: trigger.manual }]\n');
  await writeFile(
    join(folder, 'flows/orders.test.yaml'),
    'workflow: orders.yaml\ntests: [{ name: adds <up> }, { name: adds more }]\n',
  );
  return folder;
}

test('the tests of a folder are sent with their workflow; failures are told, fail the command, and stand in the JUnit file', async () => {
  const folder = await folderWithTests();
  const { url, asked } = await startLoopbackServer({ 'POST /v1/workflow-tests/run': () => ({ json: report }) });
  const { code, stdout } = await runCommand(folder, ['test', '--coverage', '--junit', 'junit.xml', '--url', url]);
  expect(code).toBe(1);
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
    definition: { name: 'orders', nodes: [{ id: 'go', type: 'trigger.manual' }] },
    tests: [{ name: 'adds <up>' }, { name: 'adds more' }],
  });
  expect(stdout).toContain('output.total is 1, expected 2.');
  expect(stdout).toContain('nodes: 2 of 3 (66 %), not tell');
  expect(stdout).toContain('1 test passed, 1 failed');
  const xml = await readFile(join(folder, 'junit.xml'), 'utf8');
  expect(xml).toContain('name="adds &lt;up&gt;"');
  expect(xml).toContain('<error type="output.total">output.total is 1, expected 2.</error>');
  expect(xml).toMatch(/<testsuites[^>]*tests="2"[^>]*>/);
});

test('a file that is no test file, and none at all, are wrong usage', async () => {
  const folder = await createFolder();
  expect((await runCommand(folder, ['test'])).code).toBe(2);
  await writeFile(join(folder, 'a.test.yaml'), 'workflow: a.yaml\n');
  const { code, stderr } = await runCommand(folder, ['test', 'a.test.yaml']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('a.test.yaml is no test file')]);
});

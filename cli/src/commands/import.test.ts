import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startLoopbackServer } from '../testing/loopback-server.ts';
import { createFolder, runCommand } from '../testing/run-command.ts';

const report = {
  source: 'asl',
  nodes: { total: 2, mapped: 1, partly: 0, unmapped: 1 },
  items: [
    { sourceName: 'Fetch', nodeId: 'Fetch', status: 'mapped' },
    { sourceName: 'Score', nodeId: 'Score', status: 'unmapped', reason: 'It invokes the AWS Lambda function score.' },
  ],
  expressions: { total: 3, mapped: 3, unmapped: [] },
  credentials: [{ name: 'shop-api', kind: 'http', usedBy: ['Fetch'] }],
  warnings: ['Look here.'],
};

const machine = '{"StartAt": "Fetch", "States": {}}';

test('a file of another system goes as it is, and its report is a table', async () => {
  const folder = await createFolder();
  const workflow = { id: 'wf_1', name: 'Orders' };
  const { url, asked } = await startLoopbackServer({
    'POST /v1/workflows/import': () => ({ status: 201, json: { workflow, draft: false, definition: {}, report, problems: [] } }),
  });
  await writeFile(join(folder, 'orders.asl.json'), machine);
  const { code, stdout } = await runCommand(folder, ['import', 'orders.asl.json', '--from', 'asl', '--url', url]);
  expect([code, asked[0]?.body, asked[0]?.headers['content-type']]).toEqual([0, machine, 'application/json']);
  expect(asked[0]?.query).toEqual({ from: 'asl' });
  expect(stdout).toContain('1 of 2 steps mapped, 0 partly, 1 not; 3 of 3 expressions');
  expect(stdout).toMatch(/Score +Score +unmapped +It invokes the AWS Lambda function score\./);
  expect(stdout).toContain('needs the credential shop-api (http), for Fetch');
});

test('a dry run says so, and a refusal fails the command', async () => {
  const folder = await createFolder();
  await writeFile(join(folder, 'orders.asl.json'), machine);
  const dry = await startLoopbackServer({
    'POST /v1/workflows/import': () => ({ json: { workflow: null, draft: false, definition: {}, report, problems: [] } }),
  });
  const told = await runCommand(folder, ['import', 'orders.asl.json', '--dry-run', '--url', dry.url]);
  expect([told.code, dry.asked[0]?.query]).toEqual([0, { dryRun: 'true' }]);
  expect(told.stdout).toContain('would be imported');
  const refusing = await startLoopbackServer({
    'POST /v1/workflows/import': () => ({ status: 422, json: { code: 'INVALID_PARAMS', detail: 'It is none that is known.' } }),
  });
  const refused = await runCommand(folder, ['import', 'orders.asl.json', '--url', refusing.url]);
  expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('It is none that is known.')]);
  expect((await runCommand(folder, ['import', 'orders.asl.json', '--from', 'zapier', '--url', dry.url])).code).toBe(2);
});

test('a list is imported one by one, and one that is refused does not stop the others but fails the command', async () => {
  const folder = await createFolder();
  const all = ['One', 'Two', 'Three'].map((name) => ({ name, nodes: [], connections: {} }));
  await writeFile(join(folder, 'all.json'), JSON.stringify(all));
  await writeFile(join(folder, 'orders.asl.json'), machine);
  const { url, asked } = await startLoopbackServer({
    'POST /v1/workflows/import': ({ body }) =>
      body.includes('Two')
        ? { status: 409, json: { code: 'NAME_TAKEN', detail: 'There is a workflow Two already.' } }
        : { status: 201, json: { workflow: { id: 'wf_1', name: 'x' }, draft: false, definition: {}, report, problems: [] } },
  });
  const { code, stdout } = await runCommand(folder, ['import', 'all.json', 'orders.asl.json', '--url', url]);
  expect([code, asked.map(({ body }) => body)]).toEqual([1, [...all.map((one) => JSON.stringify(one)), machine]]);
  expect(stdout).toMatch(
    /\+ all\.json\[0\][\s\S]*✗ all\.json\[1\] {2}There is a workflow Two already\.[\s\S]*\+ all\.json\[2\][\s\S]*\+ orders/,
  );
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '@automateos/shared/model/json';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Asked, problem, startLoopbackServer } from '../testing/loopback-server.ts';
import { createFolder, runCommand } from '../testing/run-command.ts';

const yaml = `# Tells us about large orders.
name: order-alert
nodes:
  - { id: hook, type: trigger.webhook }
  - { id: big, type: flow.filter, params: { condition: "{{ input.total > 100 }}" } }
edges:
  - { from: hook, to: big }
`;

/** Keeps workflows as the real one does: by name, a version per save, the tree with its defaults. */
async function workflowServer() {
  const stored = new Map<string, { id: string; version: number; activeVersion: number | null; definition: JsonObject }>();
  const tree = ({ body, headers }: Asked): JsonObject => {
    const value = headers['content-type'] === 'application/yaml' ? parse(body) : JSON.parse(body);
    return isJsonObject(value) ? { edges: [], settings: {}, ...value } : {};
  };
  const view = (name: string) => ({ name, ...stored.get(name), active: (stored.get(name)?.activeVersion ?? null) !== null });
  const nameOf = (id: string) => [...stored].find(([, one]) => one.id === id)?.[0] ?? '';
  const server = await startLoopbackServer({
    'GET /v1/workflows': () => ({ json: { items: [...stored.keys()].map(view), nextCursor: null } }),
    'POST /v1/workflows': (asked) => {
      const definition = tree(asked);
      const name = String(definition.name);
      if (name === 'bad') {
        const problems = [{ path: 'nodes[0].type', code: 'UNKNOWN_NODE_TYPE', message: 'There is no node type x.' }];
        return problem(422, 'INVALID_DEFINITION', 'The definition has 1 problem(s).', { problems });
      }
      stored.set(name, { id: `wf_${stored.size + 1}`, version: 1, activeVersion: null, definition });
      return { status: 201, json: view(name) };
    },
    'GET /v1/workflows/*': ({ path }) => {
      const name = nameOf(path.slice('/v1/workflows/'.length));
      return { json: view(name), headers: { etag: `"${stored.get(name)?.version}"` } };
    },
    'PUT /v1/workflows/*': (asked) => {
      const name = nameOf(asked.path.slice('/v1/workflows/'.length));
      const before = stored.get(name);
      if (before === undefined || asked.headers['if-match'] !== `"${before.version}"`)
        return problem(412, 'VERSION_MISMATCH', 'Changed.');
      stored.set(name, { ...before, version: before.version + 1, definition: tree(asked) });
      return { json: view(name) };
    },
    'POST /v1/workflows/*/activate': (asked) => {
      const name = nameOf(asked.path.split('/')[3] ?? '');
      const before = stored.get(name);
      if (before !== undefined)
        stored.set(name, { ...before, activeVersion: Number((asked.json() as { version: number }).version) });
      return { json: view(name) };
    },
  });
  return { ...server, stored };
}

test('created, then unchanged, then updated: each is said, and a version is saved only for a change', async () => {
  const [{ url, asked, stored }, folder] = [await workflowServer(), await createFolder()];
  const file = join(folder, 'alert.yaml');
  const apply = (...more: string[]) => runCommand(folder, ['apply', 'alert.yaml', '--url', url, ...more]);
  await writeFile(file, yaml);
  expect((await apply()).stdout).toBe('+ alert.yaml  order-alert  created  version 1  wf_1\n');
  // The text is sent as it is, so the server keeps its comments.
  expect(asked.find((one) => one.method === 'POST')?.body).toBe(yaml);

  expect((await apply()).stdout).toBe('= alert.yaml  order-alert  unchanged  version 1  wf_1\n');

  await writeFile(
    file,
    yaml.replace('100', '250').replace('edges:', '  - { id: stop, type: flow.fail, params: { message: no } }\nedges:'),
  );
  const dry = await apply('--dry-run');
  expect(dry.stdout).toContain('would be updated');
  expect(stored.get('order-alert')?.version).toBe(1);
  expect((await apply('--activate')).stdout.split('\n')).toEqual([
    '~ alert.yaml  order-alert  updated  version 2  now active  wf_1',
    '    ~ node big (flow.filter): params.condition: "{{ input.total > 100 }}" → "{{ input.total > 250 }}"',
    '    + node stop (flow.fail)',
    '',
  ]);
  expect(stored.get('order-alert')?.activeVersion).toBe(2);

  await writeFile(file, yaml);
  expect((await apply()).stdout).toContain(
    'version 3 saved, version 2 is live: activate with "automateos workflows activate wf_1", or apply with --activate',
  );
});

test('a folder and several documents of one stream are applied one by one; a faulty one does not stop the rest', async () => {
  const [{ url, stored }, folder] = [await workflowServer(), await createFolder()];
  await mkdir(join(folder, 'flows/deep'), { recursive: true });
  await writeFile(join(folder, 'flows/a.yaml'), 'name: bad\nnodes:\n  - id: a\n    type: x\n');
  await writeFile(
    join(folder, 'flows/b.yaml'),
    'name: one\nnodes: [{ id: a, type: trigger.manual }]\n---\nname: two\nnodes: []\n',
  );
  await writeFile(join(folder, 'flows/deep/c.json'), '{"name": "three", "nodes": [{"id": "a", "type": "trigger.manual"}]}');
  const { code, stdout } = await runCommand(folder, ['apply', 'flows', '--url', url]);
  expect(code).toBe(1);
  expect(stdout).toContain('flows/a.yaml:4:5  nodes[0].type  [UNKNOWN_NODE_TYPE]');
  expect([...stored.keys()]).toEqual(['one', 'two', 'three']);
});

test('stdin takes JSON, and --json answers one document', async () => {
  const [{ url }, folder] = [await workflowServer(), await createFolder()];
  const stdin = '{"name": "piped", "nodes": [{"id": "a", "type": "trigger.manual"}]}';
  const { code, stdout } = await runCommand(folder, ['apply', '-', '--json', '--url', url], { stdin });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    workflows: [{ file: '-', name: 'piped', status: 'created', id: 'wf_1', version: 1 }],
  });
});

test('dev applies what changes, shows problems, and goes on', { timeout: 20_000 }, async () => {
  const [{ url, stored }, folder] = [await workflowServer(), await createFolder()];
  const file = join(folder, 'alert.yaml');
  await writeFile(file, yaml);
  const steps = [
    { when: 'version 1', act: () => writeFile(file, 'name: [') },
    { when: 'MALFORMED_BODY', act: () => writeFile(file, yaml.replace('100', '300')) },
    { when: '300', act: () => 'end' },
  ];
  const { code, stdout } = await runCommand(folder, ['dev', '.', '--url', url], {
    realTime: true,
    onOutput: (text) => {
      if (steps[0] === undefined || !text.includes(steps[0].when)) return false;
      return steps.shift()?.act() === 'end';
    },
  });
  expect(code).toBe(0);
  expect(stored.get('order-alert')?.version).toBe(2);
  expect(stdout).toContain('~ node big (flow.filter): params.condition');
});

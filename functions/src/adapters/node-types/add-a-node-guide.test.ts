/** docs/guides/add-a-node.md is followed word by word: its files are written out, loaded and run. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { validateDefinition } from '@automateos/shared/graph/validate-definition';
import type { JsonObject } from '@automateos/shared/model/json';
import type { NodeTypes, StepContext } from '@automateos/shared/ports/node-runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadNodeTypes } from './load-node-types.ts';

let folder: string;
let types: NodeTypes;

beforeAll(async () => {
  // Inside the project, so that the guide's imports lead where a reader's would.
  folder = await mkdtemp(join(import.meta.dirname, '.guide-'));
  const guide = await readFile(join(import.meta.dirname, '../../../../docs/guides/add-a-node.md'), 'utf8');
  for (const [, code = '', path = ''] of guide.matchAll(/```(?:ts|js)\n(\/\/ (\S+)\n[\s\S]*?)```/g)) {
    if (path.endsWith('.test.ts')) continue; // what it asserts is asserted below
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), code);
  }
  types = await loadNodeTypes({ folders: [folder] });
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function evaluated(type: string, params: JsonObject) {
  const nodeType = types.get(type);
  if (nodeType?.kind !== 'pure') throw new Error(`${type} is not pure`);
  const parsed = nodeType.manifest.params.parse(params) as JsonObject; // params are objects
  return nodeType.evaluate({ nodeId: 'n', params: parsed, input: null, arrived: [] }).output;
}

it('every type of the guide is found and does what the guide says', async () => {
  expect([...types.keys()]).toEqual(['chat.post', 'text.excerpt', 'text.shout']);
  expect(evaluated('text.excerpt', { text: 'abcdef', length: 3 })).toEqual({ text: 'abc', cut: true });
  expect(evaluated('text.shout', { text: 'hello' })).toBe('HELLO');

  const post = types.get('chat.post');
  if (post?.kind !== 'effect') throw new Error('expected an effectful type');
  const context = (status: number) =>
    ({
      params: { room: 'https://chat.example/room', line: 'hello' },
      idempotencyKey: 'key',
      http: { send: async () => ({ status, headers: {}, body: new Uint8Array(), url: '' }) },
      log: () => {},
    }) as unknown as StepContext; // what the guide's code uses of it
  await expect(post.execute(context(200))).resolves.toEqual({ output: { status: 200 } });
  await expect(post.execute(context(503))).rejects.toMatchObject({ failure: { code: 'CHAT_UNAVAILABLE', class: '5xx' } });
  await expect(post.execute(context(404))).rejects.toMatchObject({ failure: { retryable: false } });
});

it('definitions are checked against them, those with a JSON Schema too', () => {
  const start = { id: 'start', type: 'text.shout', params: { txet: 'x' } };
  const manifests = new Map([...types].map(([type, { manifest }]) => [type, manifest]));
  const { problems } = validateDefinition({ name: 'x', nodes: [start] }, manifests);
  expect(problems).toContainEqual(expect.objectContaining({ code: 'PARAM_REQUIRED', path: 'nodes[0].params.text' }));
  expect(problems).toContainEqual(expect.objectContaining({ code: 'UNKNOWN_PARAM', suggestion: 'text' }));
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { StepContext } from '@automateos/shared/ports/node-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadNodeTypes } from './load-node-types.ts';

const builtIn = join(import.meta.dirname, '../../nodes');
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'node-types-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function put(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

const plain = (type: string, effect = 'pure', extra = '') => `export const manifest = {
  type: '${type}', version: 1, title: 'T', description: 'D', icon: 'i', kind: 'data', effect: '${effect}', pool: 'branches', ports: ['main'],
  params: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'], additionalProperties: false }, ${extra}
};`;

describe('loadNodeTypes', () => {
  it('finds every built-in folder, each named after its type', async () => {
    const types = await loadNodeTypes({ folders: [builtIn] });
    expect([...types.keys()]).toEqual(expect.arrayContaining(['trigger.webhook', 'flow.for-each', 'data.set']));
    for (const [name, { manifest }] of types) expect(manifest.type).toBe(name);
  });

  it('takes plain JavaScript with a JSON Schema for params, so that a type needs no dependency', async () => {
    await put({
      'shout/manifest.mjs': plain('acme.shout'),
      'shout/execute.mjs': 'export const evaluate = ({ params }) => ({ output: params.text.toUpperCase() });',
      'notes.txt': 'not a node type',
      'docs/readme.md': 'neither',
    });
    const types = await loadNodeTypes({ folders: [root] });
    const shout = types.get('acme.shout');
    if (shout?.kind !== 'pure') throw new Error('expected a pure type');
    expect(shout.manifest.params.safeParse({ text: 1 }).success).toBe(false);
    expect(shout.evaluate({ nodeId: 'n', params: { text: 'hi' }, input: null, arrived: [] })).toEqual({ output: 'HI' });
  });

  it('takes types from packages that name their folder, also when exports hide package.json', async () => {
    await put({
      'node_modules/@acme/nodes/package.json': JSON.stringify({
        name: '@acme/nodes',
        type: 'module',
        exports: { '.': './index.js' },
        automateos: { nodes: 'types' },
      }),
      'node_modules/@acme/nodes/types/one/manifest.js': plain('acme.one', 'control'),
      'node_modules/plain/package.json': '{"name":"plain"}',
    });
    const packagesFrom = join(root, 'index.js');
    const types = await loadNodeTypes({ folders: [], packages: ['@acme/nodes'], packagesFrom });
    expect([...types.keys()]).toEqual(['acme.one']);
    await expect(loadNodeTypes({ folders: [], packages: ['plain'], packagesFrom })).rejects.toThrow(/automateos\.nodes/);
    await expect(loadNodeTypes({ folders: [], packages: ['absent'], packagesFrom })).rejects.toThrow(/absent.*not installed/);
  });

  it('loads the code of effectful types on their first step, and again after it failed to load', async () => {
    await put({ 'late/manifest.mjs': plain('acme.late', 'effect'), 'late/execute.mjs': 'export const wrong = 1;' });
    const late = (await loadNodeTypes({ folders: [root] })).get('acme.late');
    if (late?.kind !== 'effect') throw new Error('expected an effectful type');
    const context = {} as StepContext; // never looked at: the code cannot be loaded
    await expect(late.execute(context)).rejects.toThrow(/exports the function `execute`/);
    await expect(late.execute(context)).rejects.toThrow(/exports the function `execute`/);
  });

  it.each([
    ['no manifest export', { 'a/manifest.mjs': 'export const other = 1;' }, /\/a: manifest.ts exports no `manifest`/],
    ['a malformed manifest', { 'a/manifest.mjs': plain('acme.a', 'magic') }, /\/a: manifest\.effect/],
    ['an unknown field', { 'a/manifest.mjs': plain('acme.a', 'control', 'colour: 1') }, /colour/],
    ['a type name that is none', { 'a/manifest.mjs': plain('Acme', 'control') }, /manifest\.type: is lower case/],
    ['params that are no schema', { 'a/manifest.mjs': plain('acme.a', 'control', 'output: 7') }, /manifest\.output/],
    ['a pure type without code', { 'a/manifest.mjs': plain('acme.a') }, /\/a: acme\.a has no execute\.ts/],
    [
      'a pure type without evaluate',
      { 'a/manifest.mjs': plain('acme.a'), 'a/execute.mjs': 'export const x = 1;' },
      /function `evaluate`/,
    ],
    ['a syntax error', { 'a/manifest.mjs': 'export const = ;' }, /\/a: .*manifest\.mjs cannot be loaded/],
    [
      'two of one type',
      { 'a/manifest.mjs': plain('acme.a', 'control'), 'b/manifest.mjs': plain('acme.a', 'control') },
      /\/b: the type acme\.a is also defined in .*\/a/,
    ],
  ])('refuses %s and names the folder', async (_, files, message) => {
    await put(files);
    await expect(loadNodeTypes({ folders: [root] })).rejects.toThrow(message);
  });

  it('refuses a folder that is not there', async () => {
    await expect(loadNodeTypes({ folders: [join(root, 'absent')] })).rejects.toThrow(/absent: the folder cannot be read/);
  });
});

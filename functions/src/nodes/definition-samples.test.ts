/** schema/samples: valid definitions are accepted, and each invalid one has exactly the problems that stand beside it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDefinitionText } from '@automateos/shared/graph/parse-definition-text';
import { renderYaml } from '@automateos/shared/graph/render-yaml';
import { type Validated, validateDefinition } from '@automateos/shared/graph/validate-definition';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { Problem } from '@automateos/shared/model/problem';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadNodeTypes } from '../adapters/node-types/load-node-types.ts';

const samples = join(import.meta.dirname, '../../../schema/samples');
const names = async (kind: string) =>
  (await readdir(join(samples, kind))).filter((name) => !name.endsWith('.problems.json')).sort();
const valid = await names('valid');
const invalid = await names('invalid');

let manifests: ReadonlyMap<string, NodeManifest>;
beforeAll(async () => {
  const types = await loadNodeTypes({ folders: [import.meta.dirname] });
  manifests = new Map([...types].map(([type, { manifest }]) => [type, manifest]));
});

async function validate(path: string): Promise<Validated> {
  const text = await readFile(join(samples, path), 'utf8');
  const parsed = parseDefinitionText(text, path.endsWith('.json') ? 'json' : 'yaml');
  return parsed.ok ? validateDefinition(parsed.value, manifests) : { definition: null, problems: [...parsed.problems] };
}

describe('valid samples', () => {
  it.each(valid)('%s is accepted, and stays the same through YAML', async (name) => {
    const { definition, problems } = await validate(`valid/${name}`);
    expect(problems).toEqual([]);
    if (!definition) throw new Error('no definition');
    const again = parseDefinitionText(renderYaml(definition), 'yaml');
    expect(again.ok && validateDefinition(again.value, manifests).definition).toEqual(definition);
  });

  it('have every node type in them', async () => {
    const all = await Promise.all(valid.map((name) => validate(`valid/${name}`)));
    const used = new Set(all.flatMap(({ definition }) => (definition?.nodes ?? []).map((node) => node.type)));
    expect([...manifests.keys()].filter((type) => !used.has(type))).toEqual([]);
  });

  it('are many', () => {
    expect(valid.length).toBeGreaterThanOrEqual(12);
    expect(invalid.length).toBeGreaterThanOrEqual(30);
  });
});

describe('the generated JSON Schema', () => {
  it('accepts every valid sample and tells shape errors', async () => {
    const schema: object = JSON.parse(await readFile(join(samples, '../generated/workflow.schema.json'), 'utf8'));
    const accepts = new Ajv2020({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
    for (const name of valid) {
      const parsed = parseDefinitionText(
        await readFile(join(samples, 'valid', name), 'utf8'),
        name.endsWith('.json') ? 'json' : 'yaml',
      );
      // Half-finished params of nodes that are switched off are the one thing that the schema is stricter about.
      if (name.startsWith('disabled')) continue;
      expect(accepts(parsed.ok && parsed.value), `${name}: ${JSON.stringify(accepts.errors)}`).toBe(true);
    }
    for (const name of ['unknown-fields.yaml', 'unknown-params.yaml', 'wrong-types.yaml', 'wrong-params.yaml', 'webhook.yaml']) {
      const parsed = parseDefinitionText(await readFile(join(samples, 'invalid', name), 'utf8'), 'yaml');
      expect(accepts(parsed.ok && parsed.value), name).toBe(false);
    }
  });
});

const Expected = z.array(Problem.pick({ path: true, code: true, suggestion: true }));

describe('invalid samples', () => {
  it.each(invalid)('%s has the problems that stand beside it', async (name) => {
    const file = join(samples, 'invalid', name.replace(/\.(json|yaml)$/, '.problems.json'));
    const expected = Expected.parse(JSON.parse(await readFile(file, 'utf8')));
    const { definition, problems } = await validate(`invalid/${name}`);
    expect(definition).toBeNull();
    expect(problems.map(({ message: _, ...rest }) => rest)).toEqual(expected);
    for (const { message } of problems) expect(message).not.toMatch(/\{\w+\}|undefined|\[object/);
  });
});

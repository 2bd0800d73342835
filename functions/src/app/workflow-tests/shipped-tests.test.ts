/** The tests that ship beside the examples pass, as `automateos test examples` would run them. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JsonValue } from '@automateos/shared/model/json';
import { TestReport, WorkflowTestFile } from '@automateos/shared/model/workflow-test';
import { afterAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createQuickJsEvaluator } from '../../adapters/expression/quickjs-evaluator.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

const folder = join(import.meta.dirname, '../../../../examples');
const evaluator = createQuickJsEvaluator();
afterAll(() => evaluator.close());

/** Those of imported workflows run with the import. */
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.test.yaml') && !name.startsWith('import'),
);

it.each(files)('examples/%s passes, and reaches every node', async (name) => {
  const tree = parse(readFileSync(join(folder, name), 'utf8')) as { readonly tests: JsonValue }; // checked in the next line
  const { workflow } = WorkflowTestFile.parse(tree);
  const definition = parse(readFileSync(join(folder, dirname(name), workflow), 'utf8')) as JsonValue; // what core YAML yields
  const { call } = await createApiFixture({ evaluator });
  const { status, body } = await call('POST', '/v1/workflow-tests/run', { definition, tests: tree.tests });
  expect(status).toBe(200);
  const { results, coverage } = TestReport.parse(body);
  expect(results.flatMap(({ failures }) => failures)).toEqual([]);
  expect(coverage.nodes.missed).toEqual([]);
});

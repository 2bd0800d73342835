/** docs/expressions.md says what is so: every example in it is run. */
import { readFileSync } from 'node:fs';
import { libraryNames } from '@automateos/shared/expression/data-roots';
import type { JsonValue } from '@automateos/shared/model/json';
import { afterAll, expect, test } from 'vitest';
import { createQuickJsEvaluator } from './quickjs-evaluator.ts';

const evaluator = createQuickJsEvaluator();
afterAll(() => evaluator.close());

const page = readFileSync(new URL('../../../../docs/expressions.md', import.meta.url), 'utf8');
const input: JsonValue = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? 'null');
const examples = [...page.matchAll(/^\| `(.+)` \| `(.+)` \|$/gm)].map(([, expression, result]) => [expression, result] as const);

test('the page has examples of everything in the library', () => {
  const used = examples.map(([expression]) => expression).join('\n');
  expect(examples.length).toBeGreaterThan(40);
  expect(libraryNames.filter((name) => !new RegExp(`\\b${name}\\b`).test(used))).toEqual([]);
});

test.each(examples)('%s is %s', async (expression, result) => {
  const evaluated = await evaluator.resolve(`{{ ${expression} }}`, { input, steps: new Map(), vars: {}, execution: {} });
  expect(evaluated).toMatchObject({ ok: true, value: JSON.parse(result ?? '') });
});

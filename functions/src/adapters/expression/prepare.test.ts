import { createNativeEvaluator } from '@automateos/shared/expression/native-evaluator';
import type { JsonValue } from '@automateos/shared/model/json';
import { expect, test } from 'vitest';
import { createQuickJsEvaluator } from './quickjs-evaluator.ts';

function warmedBy(value: JsonValue, raw?: readonly string[]): boolean {
  let warmed = false;
  createNativeEvaluator({
    warm: () => {
      warmed = true;
    },
  }).prepare?.(value, raw);
  return warmed;
}

test('the sandbox is started for expressions that cannot run without it, and for no others', () => {
  expect(warmedBy({ url: 'x', items: ['{{ input.items.filter((n) => n > 1) }}'] })).toBe(true);
  expect(warmedBy('a {{ input.a.map(String) }} b')).toBe(true);
  for (const value of ['{{ input.n + 1 }}', { a: ['text', { b: '{{ steps.x.output.y }}' }] }, '{{ syntax', 7, null]) {
    expect([value, warmedBy(value)]).toEqual([value, false]);
  }
  expect(warmedBy({ code: '{{ input.a.map(String) }}' }, ['code'])).toBe(false);
});

test('one that was started ahead answers as one that was not', async () => {
  const evaluator = createQuickJsEvaluator();
  const value = '{{ input.items.map((n) => n * 2) }}';
  evaluator.prepare?.({ value });
  const scope = { input: { items: [1, 2] }, steps: new Map(), vars: {}, execution: {} };
  expect(await evaluator.resolve(value, scope)).toMatchObject({ ok: true, value: [2, 4] });
  await evaluator.close();
});

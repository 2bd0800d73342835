import { expect, it } from 'vitest';
import { namesStep } from './script-globals.ts';

it.each([
  ['return steps.fetch.output', 'fetch', true],
  ['return steps["get-order"].output', 'get-order', true],
  ['const { a } = steps; return a.output', 'a', true],
  ['return steps.fetch.output', 'f', false],
  ['return steps.fetch2.output', 'fetch', false],
])('in %s the step %s is named: %s', (code, id, named) => {
  expect(namesStep(code, id)).toBe(named);
});

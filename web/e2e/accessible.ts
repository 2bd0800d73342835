/** A page as axe sees it: no violation of any of its rules. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function expectAccessible(page: Page): Promise<void> {
  // A string is evaluated by the debugger, which the content security policy of the page does not concern.
  await page.evaluate(axeSource);
  const results = (await page.evaluate('axe.run()')) as AxeResults; // axe's own answer
  expect(
    results.violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.target.join(' ')).join(', ')}`),
  ).toEqual([]);
}

/** Scenarios that once broke an invariant, shrunk: run first, each under several seeds of the scheduler. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Scenario } from './scenario.ts';

export const Regression = z.object({
  /** What was wrong in the engine, in one line. */
  name: z.string(),
  invariant: z.string(),
  scenario: Scenario,
});
export type Regression = z.infer<typeof Regression>;

export const regressionsFile = join(import.meta.dirname, 'regressions.json');

export function readRegressions(): readonly Regression[] {
  return z.array(Regression).parse(JSON.parse(readFileSync(regressionsFile, 'utf8')));
}

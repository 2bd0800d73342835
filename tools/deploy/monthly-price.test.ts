import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { featureNames, features } from '../../shared/src/model/feature.ts';
import { monthlyPrice, renderMonthlyPrices } from './monthly-price.ts';

const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/deploy.md'), 'utf8');

it('the guide quotes the prices that the price table gives', () => {
  expect(guide).toContain(renderMonthlyPrices());
});

it('a step costs less in a busy installation than in a quiet one, and idle costs about a dollar', () => {
  expect(monthlyPrice(0).total.list).toBeLessThan(1.5);
  const perExecution = (executions: number) => (monthlyPrice(executions).total.list - monthlyPrice(0).total.list) / executions;
  expect(perExecution(1_000_000)).toBeLessThan(perExecution(10_000));
});

it('the guide lists every feature that can be switched, with its default, its owner and what it does', () => {
  for (const name of featureNames) {
    const { byDefault, owner, since, what } = features[name];
    expect(guide).toContain(`| \`${name}\` | ${byDefault ? 'on' : 'off'} | ${since} | ${owner} | ${what} |`);
  }
});

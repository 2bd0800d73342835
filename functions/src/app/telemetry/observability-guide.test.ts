import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { logEvents } from './log-events.ts';
import { metrics } from './metric-names.ts';

const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guides/observability.md'), 'utf8');
const rows = [...guide.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(([, name = '', rest = '']) => ({ name, rest }));

it('the guide lists every metric with its kind and labels, and no other', () => {
  const told = rows.filter(({ rest }) => /^(counter|gauge|histogram)/.test(rest));
  expect(told.map(({ name }) => name).sort()).toEqual(
    Object.values(metrics)
      .map(({ name }) => name)
      .sort(),
  );
  for (const { name, kind, labels } of Object.values(metrics)) {
    const [of, named] = told.find((row) => row.name === name)?.rest.split(' | ') ?? [];
    expect(of?.split(',')[0], name).toBe(kind);
    expect(
      [...(named ?? '').matchAll(/`([^`]+)`/g)].map(([, label]) => label),
      name,
    ).toEqual(labels);
  }
});

it('the guide lists every log event with its severity and fields, and no other', () => {
  const told = rows.filter(({ rest }) => /^(DEBUG|INFO|WARNING|ERROR)/.test(rest));
  expect(told.map(({ name }) => name).sort()).toEqual(Object.keys(logEvents).sort());
  for (const [name, { severity, fields }] of Object.entries(logEvents)) {
    const row = told.find((each) => each.name === name)?.rest ?? '';
    expect(row.startsWith(severity), name).toBe(true);
    for (const field of Object.keys(fields)) expect(row, name).toContain(`\`${field}\``);
  }
});

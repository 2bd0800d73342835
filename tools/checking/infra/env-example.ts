/** .env.example lists every variable of both configurations, once, with a line that says what it is and the default that the code has. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfigVariable, cloudVariables, embeddedVariables } from '../../../functions/src/config/described-variables.ts';
import type { Finding, InfraReport } from './finding.ts';

const file = '.env.example';

export function checkEnvExample(root: string): InfraReport {
  if (!existsSync(join(root, file))) return { findings: [{ file, message: 'is missing' }] };
  const findings = exampleFindings(readFileSync(join(root, file), 'utf8'), {
    embedded: embeddedVariables(),
    cloud: cloudVariables(),
  });
  return { findings };
}

type Configurations = { readonly embedded: readonly ConfigVariable[]; readonly cloud: readonly ConfigVariable[] };
type Row = { readonly name: string; readonly value: string; readonly says: string; readonly section: string };

/** Two sections, `# == name`; a variable is a comment above `# NAME=default`, or `NAME=` where it must be set. */
export function exampleFindings(text: string, configurations: Configurations): readonly Finding[] {
  const rows = readRows(text);
  return (['embedded', 'cloud'] as const)
    .flatMap((section) =>
      sectionFindings(
        section,
        rows.filter((row) => row.section === section),
        configurations[section],
      ),
    )
    .map((message) => ({ file, message }));
}

function sectionFindings(section: string, rows: readonly Row[], variables: readonly ConfigVariable[]): readonly string[] {
  const names = rows.map(({ name }) => name);
  return [
    ...variables.filter(({ name }) => !names.includes(name)).map(({ name }) => `${section}: ${name} is missing`),
    ...names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${section}: ${name} stands twice`),
    ...rows.flatMap(({ name, value, says }) => {
      const variable = variables.find((one) => one.name === name);
      if (variable === undefined) return [`${section}: there is no variable ${name}`];
      const expected = variable.fallback ?? '';
      return [
        ...(value === expected ? [] : [`${section}: the default of ${name} is "${expected}", not "${value}"`]),
        ...(says === '' ? [`${section}: nothing says what ${name} is`] : []),
      ];
    }),
  ];
}

function readRows(text: string): readonly Row[] {
  const rows: Row[] = [];
  let section = '';
  let says = '';
  for (const line of text.split('\n')) {
    const heading = /^# == (\w+)/.exec(line)?.[1];
    const [, name, value] = /^(?:# )?([A-Z][A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
    if (heading !== undefined) section = heading;
    if (name !== undefined) rows.push({ name, value: value ?? '', says, section });
    says = name === undefined && heading === undefined ? line.replace(/^#\s*/, '') : '';
  }
  return rows;
}

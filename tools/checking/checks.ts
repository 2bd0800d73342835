/** The static gate, one command each. All run, whatever fails; each is run from the root by Node 24. */
export type Check = { readonly name: string; readonly command: readonly string[] };

const tsc = 'node_modules/typescript/bin/tsc';
const typeChecked = [
  'shared',
  'shared/tsconfig.test.json',
  'functions',
  'web',
  'web/tsconfig.test.json',
  'client',
  'client/tsconfig.test.json',
  'cli',
  'tools',
];

export const checks: readonly Check[] = [
  {
    name: 'format and lint',
    command: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=50', '--colors=off'],
  },
  ...typeChecked.map((project) => ({ name: `types of ${project}`, command: [tsc, '-p', project, '--pretty', 'false'] })),
  { name: 'import direction and cycles', command: ['tools/imports/check-imports.ts'] },
  { name: 'declared dependencies', command: ['tools/imports/check-dependencies.ts'] },
  { name: 'dead code', command: ['node_modules/knip/bin/knip.js', '--no-config-hints'] },
  { name: 'generated files', command: ['tools/checking/check-generated.ts'] },
  { name: 'OpenAPI document', command: ['tools/checking/check-openapi.ts'] },
  { name: 'links between pages', command: ['tools/checking/check-links.ts'] },
  { name: 'infrastructure files', command: ['tools/checking/check-infra.ts'] },
];

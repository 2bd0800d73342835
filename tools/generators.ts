/** What `npm run generate` runs, and the files that come out, so that the gate can tell drift. Add a generator here and nowhere else. */
export const generators: readonly string[] = [
  'tools/generate-schema.ts',
  'tools/generate-openapi.ts',
  'tools/generate-graphql.ts',
  'tools/generate-docs.ts',
  'tools/generate-permissions.ts',
  'client/generate-types.ts',
];

export const generatedFiles: readonly string[] = [
  'schema/generated',
  'functions/src/api/graphql/generated',
  'docs/nodes.md',
  'docs/errors.md',
  'docs/permissions.md',
  'client/src/generated',
];

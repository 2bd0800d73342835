/**
 * A start is paid for in modules: each costs its share of the time until the first webhook is answered, and its memory for good. What is
 * large and seldom needed is loaded where it is used, by `await import(...)`.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadedAtStart } from './loaded-at-start.ts';

const root = join(import.meta.dirname, '../..');

/** As load-node-types.ts does: manifests, and the code of the pure types. */
function nodeTypeFiles(): readonly string[] {
  return globSync('functions/src/nodes/*/manifest.ts', { cwd: root }).flatMap((manifest) => {
    const execute = manifest.replace('manifest.ts', 'execute.ts');
    const pure = readFileSync(join(root, manifest), 'utf8').includes("effect: 'pure'");
    return pure && existsSync(join(root, execute)) ? [manifest, execute] : [manifest];
  });
}

describe('the start of the embedded server', () => {
  const { files, packages } = loadedAtStart(root, ['functions/src/entry/embedded.ts', ...nodeTypeFiles()]);

  it('loads these packages and no other', () => {
    const foreign = [...packages].filter((name) => !name.startsWith('node:'));
    expect(foreign.toSorted()).toEqual(['acorn', 'croner', 'fastest-levenshtein', 'lru-cache', 'pino', 'zod']);
  });

  it('leaves out what node loads with its HTTP client', () => {
    expect(packages).not.toContain('node:http');
  });

  it.each([
    'functions/src/api/create-api.ts',
    'functions/src/adapters/http/create-http-client.ts',
    'functions/src/adapters/embedded/local-identity.ts',
    'functions/src/app/credentials/grants/token-endpoint.ts',
    'functions/src/app/admin/prune-executions.ts',
    'functions/src/app/workflows/draft.ts',
    'functions/src/entry/starter.ts',
    'shared/src/graph/validate-definition.ts',
  ])('leaves %s for later', (file) => {
    expect(existsSync(join(root, file))).toBe(true);
    expect(files).not.toContain(file);
  });
});

/**
 * Secrets are looked up by their digest or compared in constant time, never with `===`, whose time tells how much of a guess was right. Read
 * from the sources: a comparison of something that is named like a secret fails this test, unless it stands below with what it really compares.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../../..');

const names = '[A-Za-z.]*(?:[sS]ecret|[tT]oken|[sS]ignature|[mM]ac|[hH]mac|[dD]igest|[pP]assword|[hH]ash|apiKey)';
/** Against nothing or a text of the source: that there is one at all, or of which kind, is no secret. */
const open = '(?:undefined|null|true|false|[\'"`\\d])';
const comparison = new RegExp(
  `\\b${names}\\s*[!=]={1,2}(?!=|\\s*${open})|(?<!${open}\\s*)[!=]={1,2}\\s*${names}\\b(?![.(['"\`])`,
);

/** File and what is compared there. */
const harmless: Readonly<Record<string, string>> = {
  'functions/src/app/engine/start-execution.ts': 'digests of two requests with one idempotency key: neither is secret',
  'functions/src/app/idempotency/run-once.ts': 'digests of two bodies with one idempotency key: neither is secret',
  'functions/src/app/webhooks/constant-time.ts': 'a stored setting against the public placeholder that stands for a secret',
  'functions/src/adapters/gcp/firestore-commit.ts': 'the mark of our own write',
  'functions/src/adapters/expression/timeout-record.ts': 'the digest of an expression',
  'functions/src/adapters/embedded/local-identity.ts': 'the stored hash before and after others have written: was it changed?',
  'functions/src/entry/graphql-settings.ts': 'the digest of a known operation, which is its public name',
};

test('no secret is compared with ===', () => {
  const sources = globSync(['functions/src/{app,api,adapters,nodes,config,entry}/**/*.ts', 'shared/src/**/*.ts'], { cwd: root });
  expect(sources.length).toBeGreaterThan(300);
  const found = sources
    .filter((file) => !file.includes('.test.') && !file.includes('/testing/') && !file.includes('/generated/'))
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, at) =>
          comparison.test(withoutComment(line)) ? [{ file, line: `${file}:${at + 1} ${line.trim()}` }] : [],
        ),
    );
  expect(found.filter(({ file }) => harmless[file] === undefined).map(({ line }) => line)).toEqual([]);
  expect(
    Object.keys(harmless).filter((file) => !found.some((one) => one.file === file)),
    'no longer compares anything',
  ).toEqual([]);
});

test('the pattern finds what it should', () => {
  const bad = [
    'if (token === expected)',
    'stored.secret !== given',
    'return given == apiKey;',
    'mac === tag',
    'if (a === this.passwordHash) {',
  ];
  const fine = [
    "secret === ''",
    'token === undefined',
    'typeof token === "string"',
    'digest(a, b)',
    "kind === 'token'",
    'token !== null',
  ];
  expect(bad.filter((line) => !comparison.test(line))).toEqual([]);
  expect(fine.filter((line) => comparison.test(line))).toEqual([]);
});

function withoutComment(line: string): string {
  return line.replace(/^\s*(\/?\*|\/\/).*$/, '');
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reachedPackages, undeclaredPackages } from './undeclared-packages.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'automateos-imports-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

test('a package must be declared beside the file that looks it up, in whatever way it does', () => {
  write({
    'package.json': '{ "devDependencies": { "dynamic": "1" }, "dependencies": { "hoisted": "1" } }',
    'one/package.json': '{ "dependencies": { "declared": "1", "@scope/declared": "1" } }',
    'two/package.json': '{ "dependencies": { "hoisted": "1" } }',
    'one/src/main.ts': `
      import type { Only } from 'type-only';
      import { readFile } from 'node:fs/promises';
      import 'declared/deep.js';
      import { a } from '@scope/declared/b';
      import { type Kept } from 'inline-type';
      export * from 'exported';
      import { x } from '../../two/src/x.ts';
      const lazy = () => import('dynamic');
      const path = import.meta.resolve('resolved');
      const required = createRequire(import.meta.url)('required/part');
      const worker = new URL('./worker.ts', import.meta.url);
      const page = new URL('https://example.com', base);`,
    'one/src/worker.ts': "import 'of-worker'; import './main.ts';",
    'two/src/x.ts': "import 'hoisted'; export const x = 1;",
  });
  expect(undeclaredPackages(root, reachedPackages(root, ['one/src/main.ts'])).toSorted()).toEqual(
    ['dynamic', 'exported', 'inline-type', 'required', 'resolved']
      .map((name) => `one/src/main.ts: ${name} is not in the dependencies of its package.json`)
      .concat('one/src/worker.ts: of-worker is not in the dependencies of its package.json'),
  );
});

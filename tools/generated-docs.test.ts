import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { problemCatalogue } from '../shared/src/graph/problem-catalogue.ts';
import { errorCatalogue } from '../shared/src/model/error-catalogue.ts';
import { renderErrorDocs } from './render-error-docs.ts';

const page = await readFile(join(import.meta.dirname, '../docs/errors.md'), 'utf8');

it('docs/errors.md is what the catalogues say; `npm run generate` writes it', () => {
  expect(page).toBe(renderErrorDocs());
});

it('every code stands in docs/errors.md, and every code there exists', () => {
  const documented = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
  expect(documented.sort()).toEqual([...Object.keys(errorCatalogue), ...Object.keys(problemCatalogue)].sort());
});

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { problemCatalogue } from '../shared/src/graph/problem-catalogue.ts';
import { errorCatalogue } from '../shared/src/model/error-catalogue.ts';
import { isJsonObject, type JsonValue } from '../shared/src/model/json.ts';
import { stepErrorCatalogue } from '../shared/src/model/step-error-catalogue.ts';
import { renderErrorDocs } from './render-error-docs.ts';
import { renderPermissionDocs, routesOf } from './render-permission-docs.ts';

const root = join(import.meta.dirname, '..');
const page = await readFile(join(root, 'docs/errors.md'), 'utf8');

it('docs/errors.md is what the catalogues say; `npm run generate` writes it', () => {
  expect(page).toBe(renderErrorDocs());
});

const catalogues = [errorCatalogue, problemCatalogue, stepErrorCatalogue].flatMap((catalogue) => Object.keys(catalogue));

it('every code stands in docs/errors.md, and every code there exists', () => {
  const documented = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
  expect(documented.sort()).toEqual([...catalogues].sort());
});

/** Names of the operating system, which never reach a client as a code. */
const foreign = new Set(['ENOTFOUND']);
/** In samples: codes that a workflow's author made up. */
const madeUp = new Set(['OUT_OF_STOCK']);

it('every code that the sources raise is in a catalogue (add it to shared/src/model/step-error-catalogue.ts or error-catalogue.ts)', async () => {
  const known = new Set([...catalogues, ...foreign, ...madeUp]);
  const missing: string[] = [];
  for (const folder of ['functions/src', 'shared/src']) {
    for (const path of await readdir(join(root, folder), { recursive: true })) {
      if (!path.endsWith('.ts') || path.endsWith('.test.ts') || /^(testing|simulator)\b/.test(path)) continue;
      const text = await readFile(join(root, folder, path), 'utf8');
      for (const [, code] of text.matchAll(/\bcode: '([A-Z][A-Z_]{3,})'/g)) {
        if (code !== undefined && !known.has(code)) missing.push(`${code} in ${folder}/${path}`);
      }
    }
  }
  expect(missing).toEqual([]);
});

it('docs/permissions.md is what the table and the routes say; `npm run generate` writes it', async () => {
  const openapi = JSON.parse(await readFile(join(root, 'schema/generated/openapi.json'), 'utf8')) as JsonValue; // JSON.parse makes nothing else
  if (!isJsonObject(openapi)) throw new TypeError('not a document');
  expect(await readFile(join(root, 'docs/permissions.md'), 'utf8')).toBe(renderPermissionDocs(routesOf(openapi)));
});

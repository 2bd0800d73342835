/** The package as it is published: plain JavaScript that Node imports, and declarations that tell a right call from a wrong one. */
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const here = join(import.meta.dirname, '..');
const tsc = join(here, '../node_modules/typescript/bin/tsc');

beforeAll(async () => {
  await run(process.execPath, ['build-package.ts'], { cwd: here });
});

test('is imported by Node as it is, and calls', async () => {
  const script = `
    const { createClient } = await import('./dist/create-client.js');
    const { eachItem } = await import('./dist/pages.js');
    const fetch = async (request) => Response.json({ items: [{ id: new URL(request.url).pathname }], nextCursor: null });
    const client = createClient({ url: 'http://127.0.0.1', fetch });
    for await (const { id } of eachItem(() => client.get('/v1/workflows'))) console.log(id);
  `;
  const flags = ['--no-experimental-strip-types', '--input-type=module', '--eval', script];
  expect((await run(process.execPath, flags, { cwd: here })).stdout).toBe('/v1/workflows\n');
});

test('has declarations that refuse what the interface does not have', async () => {
  const file = join(here, 'dist/consumer.mts');
  await writeFile(
    file,
    `import { createClient } from './create-client.js';
     const client = createClient({ url: '' });
     export const name: string | undefined = (await client.get('/v1/workflows')).items[0]?.name;
     // @ts-expect-error there is no such path
     await client.get('/v1/nothing');
     // @ts-expect-error it needs an id
     await client.get('/v1/workflows/{id}');
     // @ts-expect-error a name is text
     export const wrong: number = (await client.get('/v1/workflows/{id}', { params: { path: { id: 'a' } } })).name;
    `,
  );
  const flags = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--lib',
    'es2023,dom,dom.iterable',
    file,
  ];
  const outcome = await run(process.execPath, [tsc, ...flags], { cwd: here }).then(
    () => 'no complaint',
    (error: { readonly stdout: string }) => error.stdout,
  );
  await rm(file);
  expect(outcome).toBe('no complaint');
});

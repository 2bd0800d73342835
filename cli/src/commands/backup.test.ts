import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startLoopbackServer } from '../testing/loopback-server.ts';
import { createFolder, runCommand } from '../testing/run-command.ts';

const content = Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(5_000, 7)]);
const stream = { headers: { 'content-type': 'application/vnd.sqlite3' }, text: content };

const backup = (folder: string, url: string, ...more: string[]) =>
  runCommand(folder, ['backup', 'all.db', '--url', url, ...more]);

test('the file is whole and only its owner can read it', async () => {
  const [{ url }, folder] = [await startLoopbackServer({ 'POST /v1/admin/backup': stream }), await createFolder()];
  expect((await backup(folder, url)).stdout).toBe('✓ all.db  4.9 KiB\n');
  expect(await readFile(join(folder, 'all.db'))).toEqual(content);
  expect((await stat(join(folder, 'all.db'))).mode & 0o777).toBe(0o600);
});

test('an existing file is kept unless --force is given', async () => {
  const [{ url, asked }, folder] = [await startLoopbackServer({ 'POST /v1/admin/backup': stream }), await createFolder()];
  await writeFile(join(folder, 'all.db'), 'mine');
  expect((await backup(folder, url)).code).toBe(2);
  expect(asked).toEqual([]);
  expect((await backup(folder, url, '--force')).code).toBe(0);
});

test('what is no backup leaves nothing behind', async () => {
  const answer = { headers: { 'content-type': 'application/octet-stream' }, text: '<html>proxy</html>' };
  const [{ url }, folder] = [await startLoopbackServer({ 'POST /v1/admin/backup': answer }), await createFolder()];
  expect(await backup(folder, url)).toMatchObject({ code: 1, stderr: expect.stringContaining('BACKUP_FAILED') });
  expect(await readdir(folder)).toEqual([]);
});

test('a copy that the server keeps on this machine is fetched from there; elsewhere its place is told', async () => {
  const folder = await createFolder();
  const kept = join(folder, 'kept');
  await writeFile(kept, content);
  const here = await startLoopbackServer({ 'POST /v1/admin/backup': { json: { file: kept, bytes: content.length } } });
  expect((await backup(folder, here.url)).code).toBe(0);
  expect(await readFile(join(folder, 'all.db'))).toEqual(content);
  const away = await startLoopbackServer({ 'POST /v1/admin/backup': { json: { file: '/nowhere/kept', bytes: 5 } } });
  const told = await backup(folder, away.url, '--force');
  expect(told.stdout).toContain('/nowhere/kept');
  expect(told.stderr).toContain('was not written');
});

test('a server without the call is named as such', async () => {
  const [{ url }, folder] = [await startLoopbackServer({}), await createFolder()];
  expect(await backup(folder, url)).toMatchObject({ code: 1, stderr: expect.stringContaining('NOT_OFFERED') });
  expect((await runCommand(folder, ['status', '--url', url])).stderr).toContain('does not offer this call');
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startLoopbackServer } from '../testing/loopback-server.ts';
import { createFolder, runCommand, type Situation } from '../testing/run-command.ts';

const shop = {
  ...{ id: 'crd_1', name: 'shop', kind: 'http-bearer', fields: ['token'], allowedHosts: ['api.shop.example'] },
  updatedAt: '2026-03-01T11:57:00.000Z',
};

const serve = (ok = true) =>
  startLoopbackServer({
    'GET /v1/credentials': { json: { items: [shop], nextCursor: null } },
    'POST /v1/credentials': { status: 201, json: shop },
    'POST /v1/credentials/crd_1/test': { json: { ok, detail: 'GET https://api.shop.example answered with status 200.' } },
  });

async function command(url: string, argv: readonly string[], situation: Situation = {}, file = '{"token": "topsecret"}') {
  const folder = await createFolder();
  await writeFile(join(folder, 'data.json'), file);
  const args = argv.map((one) => one.replace('data.json', join(folder, 'data.json')));
  return runCommand(folder, ['credentials', ...args, '--url', url], situation);
}

test('list shows what each is for and where it may go', async () => {
  const { url } = await serve();
  const { stdout } = await command(url, ['list']);
  expect(stdout).toContain('crd_1');
  expect(stdout).toContain('api.shop.example');
});

test('create takes the fields from a file or stdin, and shows nothing of them', async () => {
  const { url, asked } = await serve();
  const sent = { name: 'shop', kind: 'http-bearer', data: { token: 'topsecret' } };
  const made = await command(url, [
    'create',
    'shop',
    '-k',
    'http-bearer',
    '--data-file',
    'data.json',
    '--host',
    'api.shop.example',
  ]);
  expect([made.code, made.stderr]).toEqual([0, '']);
  expect(asked.at(-1)?.json()).toEqual({ ...sent, allowedHosts: ['api.shop.example'] });
  const piped = await command(url, ['create', 'shop', '-k', 'http-bearer', '--data-file', '-'], {
    stdin: '{"token": "topsecret"}',
  });
  expect(asked.at(-1)?.json()).toEqual(sent);
  for (const { stdout } of [made, piped]) expect(stdout).not.toContain('topsecret');
});

test('create does not quote a file that it cannot read', async () => {
  const { url } = await serve();
  for (const text of ['topsecret', '["topsecret"]', 'null']) {
    const refused = await command(url, ['create', 'shop', '-k', 'http-bearer', '--data-file', 'data.json'], {}, text);
    expect(refused.code).toBe(2);
    expect(refused.stderr).not.toContain('topsecret');
  }
});

test('test ends with 0 where the credential works, else with 1', async () => {
  const good = await serve();
  expect((await command(good.url, ['test', 'crd_1'])).code).toBe(0);
  const bad = await serve(false);
  expect((await command(bad.url, ['test', 'crd_1', '--address', 'https://api.shop.example/me'])).code).toBe(1);
  expect(bad.asked.at(-1)?.json()).toEqual({ url: 'https://api.shop.example/me' });
});

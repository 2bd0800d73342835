import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Asked, problem, startLoopbackServer } from '../testing/loopback-server.ts';
import { createFolder, runCommand } from '../testing/run-command.ts';

const session = {
  token: 'tok_secret',
  expiresAt: '2026-03-08T12:00:00Z',
  user: { email: 'ada@example.com' },
  organization: { id: 'org_1', name: 'Ada' },
};

const server = () =>
  startLoopbackServer({
    'POST /v1/auth/login': (asked) =>
      (asked.json() as { password: string }).password === 'right'
        ? { json: session }
        : problem(401, 'UNAUTHENTICATED', 'Wrong e-mail or password.'),
    'GET /v1/workflows': (asked: Asked) =>
      asked.headers.authorization === undefined
        ? problem(401, 'UNAUTHENTICATED', 'Sign in or send a valid API key: no token')
        : { json: { items: [], nextCursor: null } },
  });

test('the password is asked for without echo, and the token is kept for its owner only', async () => {
  const [{ url, asked }, folder] = [await server(), await createFolder()];
  const login = await runCommand(folder, ['login', url], { typed: ['ada@example.com', 'right'] });
  expect(login.questions).toEqual(['E-mail: ', 'Password: (hidden)']);
  expect(login.code).toBe(0);
  expect(login.stdout).toBe(`✓ Signed in to ${url} as ada@example.com, ends in 7 d.\n`);
  expect(login.stdout + login.stderr).not.toContain('tok_secret');

  const path = join(folder, '.config/automateos/config.json');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ url, token: 'tok_secret' });

  expect((await runCommand(folder, ['workflows', 'list'])).code).toBe(0);
  expect(asked.at(-1)?.headers).toMatchObject({ authorization: 'Bearer tok_secret', 'x-organization-id': 'org_1' });
});

test('a password comes from stdin where there is no terminal', async () => {
  const [{ url }, folder] = [await server(), await createFolder()];
  const login = await runCommand(folder, ['login', url, '--email', 'ada@example.com', '--password-stdin', '--json'], {
    stdin: 'right\n',
  });
  expect(JSON.parse(login.stdout)).toMatchObject({ url, email: 'ada@example.com' });
  expect(login.stdout).not.toContain('tok_secret');
});

test('a wrong password is exit code 4, and nothing is stored', async () => {
  const [{ url }, folder] = [await server(), await createFolder()];
  const login = await runCommand(folder, ['login', url], { typed: ['ada@example.com', 'wrong'] });
  expect(login).toMatchObject({ code: 4, stdout: '' });
  expect(login.stderr).toContain('Wrong e-mail or password. [UNAUTHENTICATED]');
  await expect(stat(join(folder, '.config/automateos/config.json'))).rejects.toThrow('ENOENT');
});

test('a stored token is sent to no other server', async () => {
  const [home, elsewhere, folder] = [await server(), await server(), await createFolder()];
  await runCommand(folder, ['login', home.url], { typed: ['ada@example.com', 'right'] });
  const list = await runCommand(folder, ['workflows', 'list', '--url', elsewhere.url]);
  expect(list.code).toBe(4);
  expect(elsewhere.asked.at(-1)?.headers.authorization).toBeUndefined();
  expect(list.stderr).toContain(`Sign in first: automateos login ${elsewhere.url}`);
});

test('AUTOMATEOS_URL and AUTOMATEOS_TOKEN go before what is stored', async () => {
  const [{ url, asked }, folder] = [await server(), await createFolder()];
  const env = { AUTOMATEOS_URL: url, AUTOMATEOS_TOKEN: 'aos_key', AUTOMATEOS_ORGANIZATION: 'org_2' };
  expect((await runCommand(folder, ['workflows', 'list'], { env })).code).toBe(0);
  expect(asked.at(-1)?.headers).toMatchObject({ authorization: 'Bearer aos_key', 'x-organization-id': 'org_2' });
});

test('without a terminal and without a password it says which option is missing', async () => {
  const folder = await createFolder();
  const login = await runCommand(folder, ['login', 'http://127.0.0.1:1', '--email', 'ada@example.com']);
  expect(login.code).toBe(2);
  expect(login.stderr).toContain('--password-stdin');
});

test('logout forgets the token', async () => {
  const [{ url }, folder] = [await server(), await createFolder()];
  await runCommand(folder, ['login', url, '--token', 'aos_key']);
  await runCommand(folder, ['logout']);
  const list = await runCommand(folder, ['workflows', 'list', '--url', url]);
  expect(list.code).toBe(4);
});

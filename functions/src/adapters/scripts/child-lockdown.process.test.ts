/** The boundary itself: what a script could do that had broken out of QuickJS or Pyodide into all of Node. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { networkIsolation, sandboxCommand } from './sandbox-command.ts';

async function hostile(isolation: readonly string[] | null): Promise<{ readonly worked: unknown; readonly connections: number }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'automateos-lockdown-'));
  const socketPath = path.join(folder, 'socket');
  let connections = 0;
  const servers = [createServer(() => (connections += 1)), createServer(() => (connections += 1))] as const;
  const port = await listening(servers[0], { port: 0, host: '127.0.0.1' });
  await listening(servers[1], { path: socketPath });
  const { file, args } = sandboxCommand('javascript', isolation);
  const fixture = args.map((arg) =>
    arg.endsWith('javascript-child.ts') ? path.join(import.meta.dirname, 'hostile-child.fixture.ts') : arg,
  );
  try {
    const { stdout } = await promisify(execFile)(file, [...fixture, String(port), socketPath], {
      env: {},
      cwd: folder,
      timeout: 60_000,
    });
    return { worked: JSON.parse(stdout), connections };
  } finally {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  }
}

async function listening(
  server: Server,
  where: { readonly port: number; readonly host: string } | { readonly path: string },
): Promise<number> {
  await new Promise<void>((resolve) => server.listen(where, resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('with a network of its own, all of Node reaches nothing', async (context) => {
  const isolation = networkIsolation();
  if (isolation === null) context.skip('this machine does not allow unshare: install util-linux and allow user namespaces');
  expect(await hostile(isolation)).toEqual({ worked: [], connections: 0 });
});

test('without one, the sealed modules alone hold', async () => {
  expect(await hostile(null)).toEqual({ worked: [], connections: 0 });
});

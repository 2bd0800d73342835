import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { owner, type ServerProcess, startServerProcess } from '../../functions/src/testing/server-process.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'automateos-smoke-'));
let server: ServerProcess & { readonly url: string };
beforeAll(async () => {
  server = await startServerProcess({ dataDir });
});
afterAll(async () => {
  await server.end('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

function smoke(email: string, password: string): Promise<{ readonly code: number; readonly output: string }> {
  const args = [join(import.meta.dirname, '../../infra/deploy/smoke.ts'), '--url', `${server.url}/`, '--email', email];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
    child.stdin?.end(password);
  });
}

it('runs a workflow on an installation and leaves none behind', async () => {
  expect(await smoke(owner.email, owner.password)).toMatchObject({
    code: 0,
    output: expect.stringContaining('smoke test passed'),
  });
});

it('fails, and says why, where people cannot sign in', async () => {
  const { code, output } = await smoke(owner.email, 'another password');
  expect(output).toContain('smoke test failed: POST /v1/auth/login answered 401');
  expect(code).toBe(1);
});

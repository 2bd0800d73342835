import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startFirebaseEmulators } from './firebase-emulators.ts';

test('Hosting serves the console as firebase.json says, Auth answers beside it, and nothing is left', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'console-'));
  mkdirSync(join(folder, 'assets'));
  for (const [name, text] of [
    ['index.html', '<title>console</title>'],
    ['favicon.svg', '<svg/>'],
    ['assets/a-1.js', '1'],
    ['assets/a-1.js.map', '{}'],
  ] as const) {
    writeFileSync(join(folder, name), text);
  }
  const firebase = await startFirebaseEmulators({ projectId: 'demo-hosting', hosting: true, publicFolder: folder });
  const get = async (path: string) => {
    const response = await fetch(`http://${firebase.hostingHost}${path}`, { redirect: 'manual' });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  for (const path of ['/', '/workflows/wf_1/edit']) {
    const { status, text, headers } = await get(path);
    expect([status, text], path).toEqual([200, '<title>console</title>']);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(headers.get('cache-control')).toBe('no-cache');
  }
  expect((await get('/assets/a-1.js')).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect((await get('/favicon.svg')).headers.get('x-content-type-options')).toBe('nosniff');
  expect((await get('/missing.js')).status).toBe(404);
  const auth = await fetch(`http://${firebase.authHost}/`);
  expect(await auth.json()).toMatchObject({ authEmulator: { ready: true } });
  await firebase.stop();
  await expect(fetch(`http://${firebase.authHost}/`)).rejects.toThrow('fetch failed');
  rmSync(folder, { recursive: true });
}, 240_000);

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startFirestoreEmulator } from './firestore-emulator.ts';
import { startPubSubEmulator } from './pubsub-emulator.ts';

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // ESRCH: nothing of this id
  }
};

test('an emulator answers when its start resolves, and comes back empty on the same port', async () => {
  const first = await startFirestoreEmulator();
  const documents = (host: string): string => `http://${host}/v1/projects/demo-a/databases/(default)/documents`;
  const headers = { authorization: 'Bearer owner' };
  const made = await fetch(`${documents(first.host)}/things?documentId=one`, { method: 'POST', headers, body: '{}' });
  expect(made.status).toBe(200);
  await first.stop();
  expect(isRunning(first.pid)).toBe(false);
  await using second = await startFirestoreEmulator({ port: first.port });
  expect(second.host).toBe(first.host);
  const found = await fetch(`${documents(second.host)}/things/one`, { headers });
  expect(found.status).toBe(404);
});

test('the Pub/Sub emulator takes a topic', async () => {
  await using emulator = await startPubSubEmulator();
  const made = await fetch(`http://${emulator.host}/v1/projects/demo-a/topics/branches`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect(made.status).toBe(200);
});

test('a port that is taken is said, not waited for', async () => {
  await using emulator = await startPubSubEmulator();
  await expect(startPubSubEmulator({ port: emulator.port })).rejects.toThrow(/EADDRINUSE/);
});

test('an emulator ends with its parent, even when that is killed', async () => {
  const script = `
    import { startPubSubEmulator } from ${JSON.stringify(join(import.meta.dirname, 'pubsub-emulator.ts'))};
    console.log((await startPubSubEmulator()).pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await firstNumber(parent);
  expect(isRunning(pid)).toBe(true);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  while (isRunning(pid)) await sleep(20);
});

async function firstNumber(child: ChildProcess): Promise<number> {
  for await (const chunk of child.stdout ?? []) return Number(String(chunk));
  throw new Error('It printed nothing.');
}

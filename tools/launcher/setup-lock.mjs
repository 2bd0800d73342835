/**
 * One set-up at a time in one clone: `npm start` and `npm test` begun together must not both write node_modules. The lock is a file
 * holding the owner's pid; a dead owner's lock is taken over.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export async function withSetupLock(root, work) {
  const file = join(root, '.setup.lock');
  let announced = false;
  while (!take(file)) {
    if (!announced) process.stderr.write('Waiting for another set-up in this folder ...\n');
    announced = true;
    await pause(200);
  }
  const release = () => rmSync(file, { force: true });
  const stop = (signal) => {
    release();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    return await work();
  } finally {
    release();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EROFS' || error.code === 'EACCES') return true; // a read-only clone: nothing can be set up, so nothing to guard
    if (error.code !== 'EEXIST') throw error;
  }
  if (!isAlive(readOwner(file))) rmSync(file, { force: true });
  return false;
}

function readOwner(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return Number.NaN; // just released
  }
}

function isAlive(pid) {
  // An empty file belongs to an owner between creating and writing it: for this one look it counts as alive.
  if (pid === 0) return true;
  if (Number.isNaN(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

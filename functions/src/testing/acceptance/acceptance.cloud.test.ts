/** The acceptance scenario on `npm run cloud`: the cloud's functions over the emulators, not a line of it changed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { owner, startServerProcess } from '../server-process.ts';
import { acceptance } from './scenario.ts';

const program = join(import.meta.dirname, '../../../../tools/cloud/main.ts');

acceptance(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'automateos-acceptance-'));
  // the emulators are found by PATH
  const env = { PATH: process.env.PATH ?? '', JAVA_HOME: process.env.JAVA_HOME ?? '', AUTOMATEOS_EGRESS_ALLOW: '127.0.0.1' };
  const server = await startServerProcess({ dataDir, program, env });
  return {
    ...{ baseUrl: server.url, ...owner },
    async [Symbol.asyncDispose]() {
      await server.end('SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
});

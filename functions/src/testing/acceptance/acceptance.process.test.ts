/** The acceptance scenario on the embedded server, `npm start` without the console. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { owner, startServerProcess } from '../server-process.ts';
import { acceptance } from './scenario.ts';

acceptance(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'automateos-acceptance-'));
  const server = await startServerProcess({ dataDir, env: { AUTOMATEOS_EGRESS_ALLOW: '127.0.0.1' } });
  return {
    ...{ baseUrl: server.url, ...owner },
    async [Symbol.asyncDispose]() {
      await server.end('SIGKILL');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
});

/** The embedded server as a process of its own, on a free port and a data folder of its own; for tests of what people do with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Server = { readonly url: string; readonly folder: string; stop(): Promise<number | null> };

const root = join(import.meta.dirname, '../..');

export async function startServer(environment: Readonly<Record<string, string>>): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'automateos-'));
  const child = spawn(process.execPath, [join(root, 'functions/src/entry/embedded.ts')], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      AUTOMATEOS_DATA_DIR: join(folder, 'data'),
      AUTOMATEOS_STARTER: 'off',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return {
    url: await readAddress(child),
    folder,
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}

function readAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const address = /AutomateOS runs at (http:\S+)/.exec(output)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`The server ended with ${code} before it answered:\n${output}`)));
  });
}

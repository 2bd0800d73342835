/** The set-up that follows each deployment (functions/src/entry/functions/setup.ts), run on what was started here. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { RunningTopology } from './start-topology.ts';

/** `shown`: what it says goes to this process's output. */
export function runSetup({ env, bundles }: RunningTopology, shown: boolean): Promise<void> {
  const child = spawn(process.execPath, [join(bundles, 'setup/index.js')], {
    stdio: ['ignore', shown ? 'inherit' : 'ignore', 'inherit'],
    env: {
      ...{ PATH: process.env.PATH ?? '', TZ: 'UTC', METADATA_SERVER_DETECTION: 'none' },
      ...env('api'),
      AUTOMATEOS_LOG_LEVEL: 'warn',
    },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`The set-up ended with ${code}`))));
  });
}

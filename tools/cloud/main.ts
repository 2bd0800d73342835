/**
 * npm run cloud: the cloud code path on this machine, in one command. Says where it runs once everything answers; Ctrl-C ends all of it. What was
 * stored is gone then: the emulators keep it in memory.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runSetup } from './run-setup.ts';
import { type RunningTopology, startTopology } from './start-topology.ts';

/** Handed on to the functions where they are set. */
const passedOn = [
  'AUTOMATEOS_OWNER_EMAIL',
  'AUTOMATEOS_OWNER_PASSWORD',
  'AUTOMATEOS_EGRESS_ALLOW',
  'AUTOMATEOS_STARTER',
  'AUTOMATEOS_LOG_LEVEL',
  'AUTOMATEOS_RETENTION_DAYS',
];

function portFromEnvironment(): number {
  const given = process.env.PORT;
  if (given === undefined || given === '') return 8080;
  const port = Number(given);
  if (/^\d+$/.test(given) && port <= 65_535) return port;
  process.stderr.write('The configuration cannot be used: PORT is a whole number between 0 and 65535\n');
  process.exit(1);
}

async function main(): Promise<void> {
  // Google's clients would look for a machine of theirs
  process.env.METADATA_SERVER_DETECTION = 'none';
  const port = portFromEnvironment();
  const host = process.env.HOST || '127.0.0.1';
  const env = Object.fromEntries(passedOn.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  const logFolder = join(process.env.AUTOMATEOS_DATA_DIR || '.automateos', 'cloud-logs');
  let running: RunningTopology | null = null;
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    const stopped = running?.stop() ?? Promise.resolve();
    stopped.then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('disconnect', end);
  const progress = (line: string): void => void process.stdout.write(`${line} ...\n`);
  // without the console, whose build failed, everything else is there
  const hosting = existsSync(join(import.meta.dirname, '../../web/dist/index.html'));
  const started = await startTopology({ port, host, env, logFolder, progress, hosting });
  running = started;
  if (ending) return end();
  await runSetup(started, true);
  process.stdout.write(
    `\nThe functions' logs are in ${logFolder}. Nothing is kept: Ctrl-C ends everything and what it stored.\n`,
  );
}

main().catch((error: unknown) => {
  const expected = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const message = expected ? 'The port is in use. Set PORT to another one, for example PORT=8090 npm run cloud' : undefined;
  process.stderr.write(`${message ?? (error instanceof Error ? error.stack : String(error))}\n`);
  process.exit(1);
});

/**
 * Runs one of the server's commands to its exit code. What the person at the terminal can mend (a setting, an option, a server that still
 * runs) is told in one line; anything else is a bug and keeps its stack.
 */
import { DataFolderBusy, DataFolderUnusable } from '../../adapters/embedded/data-folder.ts';
import { MigrationBusy } from '../../app/migrations/run-migrations.ts';
import { ConfigError } from '../../config/variable-kinds.ts';

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

export async function runCommand(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`${isExpected(error) ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
}

function isExpected(error: unknown): error is Error {
  return (
    error instanceof ConfigError ||
    error instanceof DataFolderBusy ||
    error instanceof DataFolderUnusable ||
    error instanceof MigrationBusy ||
    // of parseArgs: an option that does not exist
    (error instanceof TypeError && 'code' in error)
  );
}

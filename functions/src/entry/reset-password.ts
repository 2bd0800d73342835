/**
 * `npm run reset-password -- ada@example.com`: a new password for an account in the data folder, made here and printed once. For an owner who
 * has lost theirs; everybody else asks the owner for a link. The folder belongs to this command while it runs (a server must be stopped).
 */
import { parseArgs } from 'node:util';
import { DataFolderBusy, DataFolderUnusable, openDataFolder } from '../adapters/embedded/data-folder.ts';
import { openKeyFileRing } from '../adapters/embedded/key-file-ring.ts';
import { createLocalIdentity } from '../adapters/embedded/local-identity.ts';
import { createRandomIds } from '../adapters/embedded/random-ids.ts';
import { shippedIndexes } from '../adapters/embedded/shipped-indexes.ts';
import { createSqliteStore } from '../adapters/embedded/sqlite-store.ts';
import { createSystemClock } from '../adapters/embedded/system-clock.ts';
import { setPassword } from '../app/auth/set-password.ts';
import { readStoreConfig } from '../config/store-config.ts';
import { ConfigError } from '../config/variable-kinds.ts';

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [email, ...others] = positionals;
  if (email === undefined || others.length > 0) throw new ConfigError('Say whose: npm run reset-password -- ada@example.com');
  const config = readStoreConfig();
  if (config.GOOGLE_CLOUD_PROJECT !== undefined)
    throw new ConfigError('In the cloud Firebase Auth keeps passwords: set it there.');
  const clock = createSystemClock();
  const ids = createRandomIds();
  const folder = openDataFolder(config.AUTOMATEOS_DATA_DIR);
  const store = createSqliteStore({ file: folder.databaseFile, indexes: shippedIndexes() });
  try {
    const keyRing = await openKeyFileRing({ path: folder.keyFile, now: clock.now() });
    const identity = createLocalIdentity({ store, keyRing, clock, ids });
    const password = ids.make('pw').slice(3, 23);
    const isSet = await setPassword({ store, clock, ids }, identity, { email, password });
    process.stdout.write(isSet ? `The password of ${email} is now ${password}\n` : `There is no account ${email} here.\n`);
    return isSet ? 0 : 1;
  } finally {
    await store.close();
    folder.close();
  }
}

function isExpected(error: unknown): error is Error {
  return (
    error instanceof ConfigError ||
    error instanceof DataFolderBusy ||
    error instanceof DataFolderUnusable ||
    // of parseArgs: an option that does not exist
    (error instanceof TypeError && 'code' in error)
  );
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!isExpected(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

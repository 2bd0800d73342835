/**
 * `npm run rotate-keys`: gives every organization in the data folder a new data key, seals all secrets anew and forgets the old keys at once:
 * the folder belongs to this command while it runs (a server must be stopped). Cut off, it is finished by running it again.
 *
 *     npm run rotate-keys                     a new key for each organization
 *     npm run rotate-keys -- --resume         only finishes what was started
 *
 * A server that runs, and the cloud, rotate per organization: POST /v1/admin/rotate-keys.
 */
import { parseArgs } from 'node:util';
import { createAesSecretBox } from '../adapters/embedded/aes-secret-box.ts';
import { DataFolderBusy, DataFolderUnusable, openDataFolder } from '../adapters/embedded/data-folder.ts';
import { openKeyFileRing } from '../adapters/embedded/key-file-ring.ts';
import { createOrganizationDataKeys } from '../adapters/embedded/organization-data-keys.ts';
import { shippedIndexes } from '../adapters/embedded/shipped-indexes.ts';
import { createSqliteStore } from '../adapters/embedded/sqlite-store.ts';
import { createSystemClock } from '../adapters/embedded/system-clock.ts';
import { rotateInstallation } from '../app/credentials/rotate-installation.ts';
import { readStoreConfig } from '../config/store-config.ts';
import { ConfigError } from '../config/variable-kinds.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { resume: { type: 'boolean' } } });
  const config = readStoreConfig();
  if (config.GOOGLE_CLOUD_PROJECT !== undefined)
    throw new ConfigError('In the cloud each organization rotates its keys by POST /v1/admin/rotate-keys.');
  const clock = createSystemClock();
  const folder = openDataFolder(config.AUTOMATEOS_DATA_DIR);
  const store = createSqliteStore({ file: folder.databaseFile, indexes: shippedIndexes() });
  try {
    const keyRing = await openKeyFileRing({ path: folder.keyFile, now: clock.now() });
    const dataKeys = createOrganizationDataKeys({ store, keyRing, now: clock.now });
    const rotation = { store, dataKeys, clock, secrets: createAesSecretBox(keyRing, dataKeys) };
    let unreadable = 0;
    for await (const done of rotateInstallation(rotation, { renew: values.resume !== true })) {
      unreadable += done.unreadable;
      say(
        `${done.org}: ${done.resealed} secrets sealed anew in ${done.documents} documents, ${done.forgottenKeys} keys forgotten`,
      );
    }
    if (unreadable > 0) say(`${unreadable} secrets could not be opened before either, and are as they were`);
    return 0;
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

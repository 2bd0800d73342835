/** Opens the data folder for a command, which has it to itself meanwhile (a server must be stopped), and closes it whatever happens. */
import type { Clock } from '@automateos/shared/ports/clock';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import { openDataFolder } from '../../adapters/embedded/data-folder.ts';
import { shippedIndexes } from '../../adapters/embedded/shipped-indexes.ts';
import { createSqliteStore } from '../../adapters/embedded/sqlite-store.ts';
import { createSystemClock } from '../../adapters/embedded/system-clock.ts';
import { readStoreConfig } from '../../config/store-config.ts';
import { ConfigError } from '../../config/variable-kinds.ts';

export type OpenedData = {
  readonly store: DocumentStore;
  /** Of the key ring. */
  readonly keyFile: string;
  readonly clock: Clock;
};

/** `inTheCloud` says what to do instead where the documents are in Firestore. */
export async function useDataFolder<T>(inTheCloud: string, work: (data: OpenedData) => Promise<T>): Promise<T> {
  const config = readStoreConfig();
  if (config.GOOGLE_CLOUD_PROJECT !== undefined) throw new ConfigError(inTheCloud);
  const folder = openDataFolder(config.AUTOMATEOS_DATA_DIR);
  const store = createSqliteStore({ file: folder.databaseFile, indexes: shippedIndexes() });
  try {
    return await work({ store, keyFile: folder.keyFile, clock: createSystemClock() });
  } finally {
    await store.close();
    folder.close();
  }
}

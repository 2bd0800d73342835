/** Opens the one store that a migration works on. The embedded one belongs to whoever opens it: a server that runs is named and left alone. */
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import { openDataFolder } from '../adapters/embedded/data-folder.ts';
import { shippedIndexes } from '../adapters/embedded/shipped-indexes.ts';
import { createSqliteStore } from '../adapters/embedded/sqlite-store.ts';
import type { StoreConfig } from '../config/store-config.ts';

export type MigrationStore = AsyncDisposable & {
  readonly store: DocumentStore;
  /** For people. */
  readonly name: string;
  /** Nobody else can have it open: what a run that died has left locked is free. */
  readonly soleOwner: boolean;
};

export async function openMigrationStore(config: StoreConfig): Promise<MigrationStore> {
  const folder = openDataFolder(config.AUTOMATEOS_DATA_DIR);
  const store = createSqliteStore({ file: folder.databaseFile, indexes: shippedIndexes() });
  return {
    store,
    name: folder.path,
    soleOwner: true,
    async [Symbol.asyncDispose]() {
      await store.close();
      folder.close();
    },
  };
}

/** Opens the one store that a migration works on. The embedded one belongs to whoever opens it: a server that runs is named and left alone. */
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import type { StoreConfig } from '../config/store-config.ts';

export type MigrationStore = AsyncDisposable & {
  readonly store: DocumentStore;
  /** For people. */
  readonly name: string;
  /** Nobody else can have it open: what a run that died has left locked is free. */
  readonly soleOwner: boolean;
};

export function openMigrationStore(config: StoreConfig): Promise<MigrationStore> {
  const projectId = config.GOOGLE_CLOUD_PROJECT;
  return projectId === undefined ? openFolder(config) : openFirestore(config, projectId);
}

async function openFolder(config: StoreConfig): Promise<MigrationStore> {
  const { openDataFolder } = await import('../adapters/embedded/data-folder.ts');
  const { shippedIndexes } = await import('../adapters/embedded/shipped-indexes.ts');
  const { createSqliteStore } = await import('../adapters/embedded/sqlite-store.ts');
  const folder = openDataFolder(config.AUTOMATEOS_DATA_DIR);
  const store = createSqliteStore({ file: folder.databaseFile, indexes: shippedIndexes() });
  return {
    ...{ store, name: folder.path, soleOwner: true },
    async [Symbol.asyncDispose]() {
      await store.close();
      folder.close();
    },
  };
}

async function openFirestore(config: StoreConfig, projectId: string): Promise<MigrationStore> {
  const { shippedIndexFile } = await import('../adapters/gcp/shipped-index-file.ts');
  const { createFirestoreStore } = await import('../adapters/gcp/firestore-store.ts');
  const databaseId = config.AUTOMATEOS_DATABASE;
  const emulatorHost = config.FIRESTORE_EMULATOR_HOST;
  const store = createFirestoreStore({ projectId, databaseId, indexes: shippedIndexFile(), emulatorHost });
  return {
    ...{ store, name: `Firestore, projects/${projectId}/databases/${databaseId}`, soleOwner: false },
    [Symbol.asyncDispose]: () => store.close(),
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeDocumentStore } from '@automateos/shared/testing/document-store.conformance';
import { shippedIndexes } from './shipped-indexes.ts';
import type { IndexFile } from './sqlite-layout.ts';
import { createSqliteStore } from './sqlite-store.ts';

const layouts: readonly (readonly [string, IndexFile])[] = [
  ['SQLite with the shipped indexes', shippedIndexes()],
  ['SQLite without an index', { indexes: [], fieldOverrides: [] }],
];

for (const [name, indexes] of layouts) {
  describeDocumentStore(name, () => {
    const folder = mkdtempSync(join(tmpdir(), 'automateos-store-'));
    const store = createSqliteStore({ file: join(folder, 'store.db'), indexes });
    return {
      store,
      async close() {
        await store.close();
        rmSync(folder, { recursive: true });
      },
    };
  });
}

/** A process to be killed: opens the data folder given, commits in a loop and prints each number once its commit is acknowledged. */
import { openDataFolder } from '../data-folder.ts';
import { shippedIndexes } from '../shipped-indexes.ts';
import { createSqliteStore } from '../sqlite-store.ts';

const folder = openDataFolder(process.argv[2] ?? '');
const store = createSqliteStore({ file: folder.databaseFile, indexes: shippedIndexes() });
process.stdout.write('open\n');

/** Each lane writes pairs of documents that belong together. */
async function lane(id: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    const result = await store.commit([
      { kind: 'set', path: `organizations/o1/executions/lane${id}`, data: { n, due: `0:${n}` } },
      { kind: 'create', path: `organizations/o1/executions/lane${id}/branches/b${n}`, data: { n, text: 'x'.repeat(1000) } },
    ]);
    if (result.ok) process.stdout.write(`${id} ${n}\n`);
  }
}

await Promise.all([0, 1, 2, 3].map(lane));

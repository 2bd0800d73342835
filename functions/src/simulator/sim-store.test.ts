import type { JsonObject } from '@automateos/shared/model/json';
import type { DocumentStore, Write } from '@automateos/shared/ports/document-store';
import { describePaging, describeQueries } from '@automateos/shared/testing/document-store/queries';
import { describeConcurrency, describeWrites } from '@automateos/shared/testing/document-store/writes';
import { beforeEach, describe } from 'vitest';
import { createSimStore } from './sim-store.ts';

/** Copies, because the suite changes what it has handed over, which the simulator forbids by freezing it. */
function open(): DocumentStore {
  const store = createSimStore();
  const stats = { reads: 0, writes: 0, deletes: 0, commits: 0 };
  const copy = (write: Write): Write =>
    write.kind === 'delete' ? write : { ...write, data: JSON.parse(JSON.stringify(write.data)) as JsonObject };
  return {
    async get(path) {
      stats.reads += 1;
      return store.get(path);
    },
    async getAll(paths) {
      stats.reads += paths.length;
      return paths.map((path) => store.get(path));
    },
    async commit(writes) {
      const result = store.commit(writes.map(copy));
      stats.commits += 1;
      if (!result.ok) return result;
      for (const { kind } of writes) stats[kind === 'delete' ? 'deletes' : 'writes'] += 1;
      return result;
    },
    async query(query) {
      const rows = store.query(query);
      stats.reads += Math.max(1, rows.length);
      return rows;
    },
    async count(query) {
      stats.reads += 1;
      return store.query(query).length;
    },
    watch: () => () => {},
    stats: () => ({ ...stats }),
  };
}

describe('the simulated store is a DocumentStore', () => {
  let store = open();
  beforeEach(() => {
    store = open();
  });
  const opened = (): DocumentStore => store;
  describeWrites(opened);
  describeQueries(opened);
  describePaging(opened);
  describeConcurrency(opened);
});

/** The reading half of the SQLite store: what SQL cannot say is finished here, by the rules that the fake uses too. */
import { collectionOf, groupOf, isDocumentPath } from '@automateos/shared/documents/document-path';
import { checkQuery, matches, selectRows } from '@automateos/shared/documents/document-query';
import type { JsonObject } from '@automateos/shared/model/json';
import type { Query, Snapshot } from '@automateos/shared/ports/document-store';
import type { Driver } from './sqlite-driver.ts';
import { groupOfQuery, planQuery } from './sqlite-query.ts';
import type { Table } from './sqlite-table.ts';

export type Reader = {
  get(path: string): Snapshot | null;
  query(query: Query): readonly Snapshot[];
  count(query: Query): number;
};

export function createReader(driver: Driver, tableOf: (group: string) => Table): Reader {
  const query = (asked: Query): readonly Snapshot[] => {
    checkQuery(asked);
    const limit = asked.limit ?? Number.POSITIVE_INFINITY;
    if (limit === 0) return [];
    const plan = planQuery(tableOf(groupOfQuery(asked)).layout, asked);
    const kept: Snapshot[] = [];
    for (const [path, version, text] of driver.prepare(`SELECT path, version, data ${plan.sql}`).iterate(...plan.values)) {
      if (plan.foreign && !isIn(asked, String(path))) continue;
      const snapshot = toSnapshot(String(path), String(version), String(text));
      if (plan.rest.length > 0 && !matches(snapshot.data, plan.rest)) continue;
      kept.push(snapshot);
      if (!plan.unordered && kept.length === limit) break;
    }
    return plan.unordered ? selectRows(kept, asked) : kept;
  };

  return {
    query,
    get(path) {
      if (!isDocumentPath(path)) return null;
      const row = tableOf(groupOf(path)).read(path);
      return row ? toSnapshot(path, String(row.version), row.text) : null;
    },
    count(asked) {
      checkQuery(asked);
      const { limit, ...unlimited } = asked;
      const plan = planQuery(tableOf(groupOfQuery(asked)).layout, unlimited);
      if (plan.rest.length > 0 || plan.unordered || plan.foreign) return query(asked).length;
      const all = Number(driver.prepare(`SELECT count(*) ${plan.sql}`).get(...plan.values)?.[0]);
      return Math.min(all, limit ?? all);
    },
  };
}

const isIn = ({ collection, group }: Query, path: string): boolean =>
  group ? groupOf(path) === collection : collectionOf(path).length === collection.length;

/** The text is parsed when the data is first looked at: many readers only want to know whether a document is there, or its version. */
export function toSnapshot(path: string, version: string, text: string): Snapshot {
  let data: JsonObject | undefined;
  return {
    path,
    version,
    get data() {
      // what documentText made of a JsonObject
      data ??= JSON.parse(text) as JsonObject;
      return data;
    },
  };
}

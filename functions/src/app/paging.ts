/**
 * One page of a query. The position of the next page is a value for the door to sign and hand out; it is never trusted as it comes back.
 */

import type { JsonPrimitive } from '@automateos/shared/model/json';
import type { DocumentStore, Query, Snapshot } from '@automateos/shared/ports/document-store';
import { getPath } from './field-path.ts';

export type Position = { readonly values: readonly JsonPrimitive[]; readonly path: string };

export type Page<T> = { readonly items: readonly T[]; readonly next: Position | null };

export type PageRequest = { readonly limit: number; readonly after: Position | null };

/** Rows as stored; asks for one more than the limit to know whether there is a next page. */
export async function queryPage(store: DocumentStore, query: Query, page: PageRequest): Promise<Page<Snapshot>> {
  const rows = await store.query({
    ...query,
    limit: page.limit + 1,
    ...(page.after === null ? {} : { startAfter: page.after }),
  });
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  const next = rows.length > page.limit && last !== undefined ? positionOf(query, last) : null;
  return { items, next };
}

export function positionOf(query: Query, row: Snapshot): Position {
  return { values: (query.orderBy ?? []).map(([field]) => getPath(row.data, field)), path: row.path };
}

/**
 * Like `queryPage` for conditions that the store cannot answer: reads on, at most `scanLimit` rows, until the page is full. A page may
 * come back short, or empty, with a next position.
 */
export async function scanPage<T>(
  store: DocumentStore,
  query: Query,
  page: PageRequest,
  options: { readonly scanLimit: number; readonly keep: (row: Snapshot) => Promise<T | null> | T | null },
): Promise<Page<T>> {
  const items: T[] = [];
  let after = page.after;
  let scanned = 0;
  for (;;) {
    const size = Math.min(Math.max(page.limit, 50), options.scanLimit - scanned);
    const rows = await queryPage(store, query, { limit: size, after });
    for (let at = 0; at < rows.items.length; ) {
      // side by side, as many as the page still takes: none is looked at in vain, and none waits for the one before
      const looked = rows.items.slice(at, at + page.limit - items.length);
      at += looked.length;
      for (const kept of await Promise.all(looked.map(options.keep))) if (kept !== null) items.push(kept);
      const row = looked.at(-1);
      const isLast = at === rows.items.length && rows.next === null;
      if (items.length === page.limit && row !== undefined) return { items, next: isLast ? null : positionOf(query, row) };
    }
    scanned += rows.items.length;
    after = rows.next;
    if (after === null || scanned >= options.scanLimit) return { items, next: after };
  }
}

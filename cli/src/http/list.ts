/** Cursor pages: one, or all of them up to a bound. */
import { z } from 'zod';
import { Page } from './answers.ts';
import type { ApiClient } from './api-client.ts';

type Query = Readonly<Record<string, string | number | undefined>>;

/** Walks the pages; also takes a bare array, as lists that are never long are answered. */
export async function* eachItem<Item extends z.ZodType>(api: ApiClient, path: string, item: Item, query: Query = {}) {
  const answer = z.union([Page(item), z.array(item).transform((items) => ({ items, nextCursor: null }))]);
  let cursor: string | undefined;
  do {
    const page = await api.call(answer, path, { query: { ...query, cursor } });
    yield* page.items;
    const next = page.nextCursor ?? undefined;
    if (next === cursor) return;
    cursor = next;
  } while (cursor !== undefined);
}

export async function listAll<Item extends z.ZodType>(api: ApiClient, path: string, item: Item, query: Query = {}) {
  const items: z.output<Item>[] = [];
  for await (const one of eachItem(api, path, item, { limit: 200, ...query })) items.push(one);
  return items;
}

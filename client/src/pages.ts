/** Cursor pages as one sequence. Asks for the next page when the last one is used up, so stopping early costs nothing. */

type PageOf<Item> = { readonly items: readonly Item[]; readonly nextCursor?: string | null | undefined };

/** `eachItem((cursor) => client.get('/v1/workflows', { params: { query: { cursor } } }))`; `cursor` is undefined for the first page. */
export async function* eachItem<Item>(ask: (cursor: string | undefined) => Promise<PageOf<Item>>): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const page: PageOf<Item> = await ask(cursor);
    yield* page.items;
    const next: string | undefined = page.nextCursor ?? undefined;
    if (next === cursor) return; // a server that goes in circles
    cursor = next;
  } while (cursor !== undefined);
}

/** All documents of a collection group, in the order of their paths, page by page: what changes or comes meanwhile behind the cursor is seen once. */
import type { DocumentStore, Snapshot } from '@automateos/shared/ports/document-store';

export async function* documentPages(
  store: DocumentStore,
  group: string,
  { size, after = null }: { readonly size: number; readonly after?: string | null },
): AsyncGenerator<readonly Snapshot[]> {
  let last = after;
  for (;;) {
    const page = await store.query({
      collection: group,
      group: true,
      limit: size,
      ...(last === null ? {} : { startAfter: { values: [], path: last } }),
    });
    if (page.length > 0) yield page;
    last = page.at(-1)?.path ?? null;
    if (page.length < size) return;
  }
}

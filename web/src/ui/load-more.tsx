import type { ReactNode } from 'react';

/** Below a list that is read page by page; nothing once all of it is there. */
export function LoadMore(props: {
  readonly query: { readonly hasNextPage: boolean; readonly isFetchingNextPage: boolean; fetchNextPage(): unknown };
}): ReactNode {
  const { query } = props;
  if (!query.hasNextPage) return null;
  return (
    <button
      type="button"
      className="btn self-center"
      aria-disabled={query.isFetchingNextPage}
      onClick={() => void query.fetchNextPage()}
    >
      Load 50 more
    </button>
  );
}

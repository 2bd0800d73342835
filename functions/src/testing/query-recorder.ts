/** Records every query that a store is asked, with the lines of our code that it came from; the store answers as ever. */
import type { DocumentStore, Query } from '@automateos/shared/ports/document-store';

export type RecordedQuery = {
  readonly query: Query;
  /** `app/paging.ts:17`, innermost first, below functions/src. */
  readonly lines: readonly string[];
};

/** From now on. */
export function recordQueries(store: Pick<DocumentStore, 'query' | 'count'>): readonly RecordedQuery[] {
  const recorded: RecordedQuery[] = [];
  const { query, count } = store;
  const record = <T>(ask: (asked: Query) => Promise<T>) => {
    return (asked: Query): Promise<T> => {
      recorded.push({ query: asked, lines: linesOf(new Error('where').stack ?? '') });
      return ask(asked);
    };
  };
  Object.assign(store, { query: record(query.bind(store)), count: record(count.bind(store)) });
  return recorded;
}

function linesOf(stack: string): readonly string[] {
  return [...stack.matchAll(/functions\/src\/([\w./-]+\.ts):(\d+)/g)].map(([, file, line]) => `${file}:${line}`);
}

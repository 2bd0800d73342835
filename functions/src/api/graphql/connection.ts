/**
 * Lists as Relay connections. The cursor of a page's last edge is the one that REST gives out as nextCursor, where there is a next page;
 * an edge before it is told by how far it is behind the page's start, `{edges}.{sealed start}`: the positions of single rows are not known
 * here. Only what is sealed is believed; the count before the dot is a number from 1 to 200.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Page, PageRequest, Position } from '../../app/paging.ts';
import type { Cursors } from '../http/cursor.ts';
import type { GraphqlContext } from './graphql-context.ts';

const mostItems = 200;

export type PageArgs = { readonly first: number; readonly after?: string | null | undefined };

export type Connection<T> = {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly nodes: readonly T[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
};

export type ConnectionSpec<T, V> = {
  /** What the list depends on beside the organization: its name, then every filter. */
  readonly bind: readonly string[];
  readonly read: (page: PageRequest) => Promise<Page<T>>;
  readonly present: (item: T) => V;
};

/** Throws MALFORMED_REQUEST for a `first` or `after` that cannot be. */
export async function connect<T, V>(
  { cursors, principal }: GraphqlContext,
  { first, after }: PageArgs,
  { bind: of, read, present }: ConnectionSpec<T, V>,
): Promise<Connection<V>> {
  if (first < 1 || first > mostItems) throw new AppError('MALFORMED_REQUEST', { reason: `first must be 1 to ${mostItems}.` });
  const bind = [principal.org, ...of];
  const start = await startOf(cursors, bind, after ?? null, read);
  const page = start === 'end' ? { items: [], next: null } : await read({ limit: first, after: start });
  const next = page.next === null ? null : await cursors.encode(page.next, bind);
  const sealed = start === 'end' || start === null ? '' : await cursors.encode(start, bind);
  const last = page.items.length - 1;
  const edges = page.items.map((item, at) => ({
    cursor: at === last && next !== null ? next : `${at + 1}.${sealed}`,
    node: present(item),
  }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: next !== null,
      hasPreviousPage: after != null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? next,
    },
  };
}

/** Where a page begins: `null` at the first item, `end` where nothing is left. */
async function startOf(
  cursors: Cursors,
  bind: readonly string[],
  after: string | null,
  read: ConnectionSpec<unknown, unknown>['read'],
): Promise<Position | null | 'end'> {
  if (after === null) return null;
  const [, count, sealed] = /^(\d{1,3})\.(.*)$/s.exec(after) ?? [];
  if (count === undefined || sealed === undefined) return cursors.decode(after, bind);
  const skip = Number(count);
  if (skip < 1 || skip > mostItems) throw new AppError('MALFORMED_REQUEST', { reason: 'after is no cursor of this list.' });
  const start = sealed === '' ? null : await cursors.decode(sealed, bind);
  return (await read({ limit: skip, after: start })).next ?? 'end';
}

/**
 * Fetches page after page and collects their items. Every further page must be on the origin of the first: a link in an answer must not
 * carry the step's headers elsewhere. Each page has an idempotency key of its own, derived from the step's.
 */
import { isJsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { HttpRequest } from '@automateos/shared/ports/http-client';
import { nextLink } from './link-header.ts';
import type { Pagination } from './params.ts';
import { withParam } from './query.ts';
import { invalidResponse } from './step-failure.ts';

export type Page = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonValue;
  /** After redirects. */
  readonly url: string;
  readonly bytes: number;
};

export type AllPages = Page & { readonly pages: number; readonly truncated: boolean };

export async function paginate(
  pagination: Pagination,
  first: HttpRequest,
  fetchPage: (request: HttpRequest) => Promise<Page>,
): Promise<AllPages> {
  const items: JsonValue[] = [];
  const visited = new Set<string>();
  let bytes = 0;
  let url = pagination.kind === 'page-number' ? withParam(first.url, pagination.param, String(pagination.start)) : first.url;
  for (let pages = 1; ; pages += 1) {
    if (visited.has(url)) throw invalidResponse(`Page ${pages} is one that was fetched before: the pages go round in a circle.`);
    visited.add(url);
    const page = await fetchPage({ ...first, url, headers: headersOf(first, pages), maxBytes: first.maxBytes - bytes });
    bytes += page.bytes;
    const found = itemsOf(page.body, pagination.items, pages);
    for (const item of found) items.push(item);
    const next = nextUrl(pagination, first.url, page, found.length, pages);
    if (next !== null) assertSameOrigin(first.url, next);
    if (next === null || pages === pagination.maxPages || bytes >= first.maxBytes) {
      return { ...page, body: items, bytes, pages, truncated: next !== null };
    }
    url = next;
  }
}

function nextUrl(pagination: Pagination, firstUrl: string, page: Page, found: number, pages: number): string | null {
  switch (pagination.kind) {
    case 'link-header':
      return nextLink(page.headers.link, page.url);
    case 'page-number':
      return found === 0 ? null : withParam(firstUrl, pagination.param, String(pagination.start + pages));
    case 'cursor': {
      const cursor = at(page.body, pagination.cursor);
      if (cursor === undefined || cursor === null || cursor === '' || cursor === false) return null;
      if (typeof cursor !== 'string' && typeof cursor !== 'number') {
        throw invalidResponse(`The cursor at "${pagination.cursor}" of page ${pages} is neither text nor a number.`);
      }
      if (pagination.param !== undefined) return withParam(firstUrl, pagination.param, String(cursor));
      if (!URL.canParse(String(cursor), page.url)) throw invalidResponse(`The next address in page ${pages} is not valid.`);
      return new URL(String(cursor), page.url).href;
    }
    default:
      return pagination satisfies never;
  }
}

function itemsOf(body: JsonValue, path: string, page: number): readonly JsonValue[] {
  const list = path === '' ? body : at(body, path);
  if (Array.isArray(list)) return list;
  if (page > 1 && (list === null || list === undefined)) return [];
  throw invalidResponse(
    path === '' ? `Page ${page} is not a list. Name the list's place in \`items\`.` : `Page ${page} has no list at "${path}".`,
  );
}

/** `a.b.0.c`: own properties and list positions only. */
function at(body: JsonValue, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = body;
  for (const key of path.split('.')) {
    if (Array.isArray(value)) value = /^\d{1,9}$/.test(key) ? (value as readonly JsonValue[])[Number(key)] : undefined;
    else value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

function headersOf(first: HttpRequest, page: number): Readonly<Record<string, string>> {
  if (page === 1) return first.headers;
  return Object.fromEntries(
    Object.entries(first.headers).map(([name, value]) => [
      name,
      name.toLowerCase() === 'idempotency-key' ? `${value}-${page}` : value,
    ]),
  );
}

function assertSameOrigin(firstUrl: string, next: string): void {
  const origin = new URL(firstUrl).origin;
  if (new URL(next).origin === origin) return;
  throw invalidResponse(`The next page is on another origin than ${origin}; the step's headers must not go there.`);
}

/** Whether a request's address is the one that a mock or an expectation names. Linear in the texts: patterns come from users. */

export type Address = {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly pattern?: string | undefined;
};

export function matchesAddress(sent: { readonly method: string; readonly url: string }, wanted: Address): boolean {
  if (wanted.method !== undefined && wanted.method.toUpperCase() !== sent.method.toUpperCase()) return false;
  if (wanted.pattern !== undefined) return matchesPattern(sent.url, wanted.pattern);
  return wanted.url === undefined || sameUrl(sent.url, wanted.url);
}

/** Spelt differently or not; without a query in `wanted` any query will do. */
function sameUrl(sent: string, wanted: string): boolean {
  const [is, should] = [parse(sent), parse(wanted)];
  if (is === null || should === null) return sent === wanted;
  if (should.search === '') is.search = '';
  is.hash = '';
  should.hash = '';
  return is.href === should.href;
}

function parse(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}

/** `*` stands for any text. The first piece is at the start, the last at the end, those between as early as they fit. */
export function matchesPattern(text: string, pattern: string): boolean {
  const pieces = pattern.split('*');
  const [first = ''] = pieces;
  if (pieces.length === 1) return text === pattern;
  const last = pieces.at(-1) ?? '';
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}

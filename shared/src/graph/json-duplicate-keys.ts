/**
 * Finds keys that appear twice in one object of a JSON text, which JSON.parse passes over in silence (the last one wins). Expects a text
 * that JSON.parse has accepted, so it only needs to tell strings from the rest. Iterative.
 */
export type DuplicateKey = { readonly key: string; readonly offset: number };

const most = 20;

export function jsonDuplicateKeys(text: string): readonly DuplicateKey[] {
  const found: DuplicateKey[] = [];
  /** Keys of each open object; null for lists. */
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length && found.length < most; at++) {
    const char = text[at];
    if (char === '{') open.push(new Set());
    else if (char === '[') open.push(null);
    else if (char === '}' || char === ']') open.pop();
    else if (char === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keys && isKey(text, end)) {
        const key = String(JSON.parse(text.slice(at, end)));
        if (keys.has(key)) found.push({ key, offset: at });
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return found;
}

/** Behind the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isKey(text: string, from: number): boolean {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return text[at] === ':';
}

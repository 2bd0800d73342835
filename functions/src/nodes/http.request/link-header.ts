/**
 * Finds rel="next" in a Link header (RFC 8288). Read by a scanner in one pass: the header comes from outside, and the obvious regular
 * expressions backtrack.
 */

/** Absolute, or null when there is none. */
export function nextLink(header: string | undefined, base: string): string | null {
  let rest = header ?? '';
  for (;;) {
    const open = rest.indexOf('<');
    const close = rest.indexOf('>', open);
    if (open === -1 || close === -1) return null;
    const target = rest.slice(open + 1, close);
    const end = endOfParameters(rest, close + 1);
    if (isNext(rest.slice(close + 1, end))) return URL.canParse(target, base) ? new URL(target, base).href : null;
    rest = rest.slice(end + 1);
  }
}

/** Position of the comma that ends this link's parameters, commas in quotes apart. */
function endOfParameters(text: string, from: number): number {
  let quoted = false;
  for (let i = from; i < text.length; i += 1) {
    const character = text[i];
    if (quoted && character === '\\') i += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === ',' && !quoted) return i;
  }
  return text.length;
}

function isNext(parameters: string): boolean {
  return parameters.split(';').some((parameter) => {
    const equals = parameter.indexOf('=');
    if (equals === -1 || parameter.slice(0, equals).trim().toLowerCase() !== 'rel') return false;
    const relations = parameter
      .slice(equals + 1)
      .trim()
      .replaceAll('"', '')
      .toLowerCase()
      .split(' ');
    return relations.includes('next');
  });
}

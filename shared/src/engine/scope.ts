/**
 * Scopes and derived ids. The root scope is ''. The body of a for-each or while runs in a scope per item or round: `each[3]`, nested ones
 * joined by ':' (`each[3]:inner[0]`). A branch or join id is its scope and its first node, so that anybody can find any earlier step.
 */
const pattern = /^(.*?):?([A-Za-z][A-Za-z0-9_-]*)\[(\d+)\]$/;

export type ParsedScope = { readonly parent: string; readonly container: string; readonly index: number };

/** null for the root scope. */
export function parseScope(scope: string): ParsedScope | null {
  const match = pattern.exec(scope);
  if (!match) return null;
  return { parent: match[1] ?? '', container: match[2] ?? '', index: Number(match[3]) };
}

export function itemScope(parent: string, container: string, index: number): string {
  return parent === '' ? `${container}[${index}]` : `${parent}:${container}[${index}]`;
}

/** Id of a document that belongs to `name` (a node, `$start`, `$end`, `each.done`, ...) in `scope`. */
export function scopedId(scope: string, name: string): string {
  return scope === '' ? name : `${scope}:${name}`;
}

/** The container whose body `scope` is an instance of; '' for the root. */
export function containerOf(scope: string): string {
  return parseScope(scope)?.container ?? '';
}

/** The nearest scope at or above `scope` that is an instance of `container`'s body ('' = root); null where there is none. */
export function enclosingScope(scope: string, container: string): string | null {
  let current = scope;
  for (;;) {
    const parsed = parseScope(current);
    if ((parsed?.container ?? '') === container) return current;
    if (parsed === null) return null;
    current = parsed.parent;
  }
}

/** Names of the branches that start after a container, hold a pack of items, or hold the rounds of a while. */
export const doneName = (container: string): string => `${container}.done`;
export const packName = (container: string, pack: number): string => `${container}.pack.${pack}`;
export const lanesName = (container: string): string => `${container}.lanes`;
export const loopName = (container: string): string => `${container}.items`;
export const stopName = (generation: number): string => `stop.${generation}`;
/** Part k of a branch whose journal rolled over. */
export const partId = (branchId: string, k: number): string => (k === 0 ? branchId : `${branchId}~${k}`);

/** Paths of problems: `nodes[2].params.url`; keys that are no plain names stand quoted, `params.headers["x-id"]`. */
export type PathSegment = string | number;

export function formatPath(segments: readonly PropertyKey[]): string {
  let path = '';
  for (const segment of segments) {
    if (typeof segment === 'number') path += `[${segment}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(String(segment))) path += path === '' ? String(segment) : `.${String(segment)}`;
    else path += `[${JSON.stringify(String(segment).slice(0, 128))}]`;
  }
  return path;
}

/** Joins an outer path and one that is relative to it. */
export function joinPath(outer: string, inner: string): string {
  if (inner === '' || inner.startsWith('[') || outer === '') return outer + inner;
  return `${outer}.${inner}`;
}

/** The value that a path leads to, by own properties only. */
export function valueAt(value: unknown, segments: readonly PropertyKey[]): unknown {
  let at = value;
  for (const segment of segments) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, segment)) return undefined;
    at = Reflect.get(at, segment);
  }
  return at;
}

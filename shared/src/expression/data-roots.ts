/**
 * The names that an expression may use: the data it sees, the library, and JavaScript's own. Validation knows a misspelled name from
 * this list alone.
 */
export const dataRoots = ['input', 'steps', 'item', 'index', 'vars', 'execution'] as const;
export type DataRoot = (typeof dataRoots)[number];

/** Defined inside the sandbox (functions/src/adapters/expression), documented in docs/expressions.md. */
export const libraryNames = [
  'date',
  'base64',
  'hash',
  'json',
  'text',
  'number',
  'slug',
  'unique',
  'group',
  'sum',
  'average',
  'sortBy',
  'chunk',
  'pick',
  'omit',
] as const;

const languageNames = [
  'undefined NaN Infinity globalThis arguments Object Array String Number Boolean Symbol BigInt Math JSON Date RegExp Map Set WeakMap',
  'WeakSet Promise Error TypeError RangeError SyntaxError ReferenceError EvalError URIError AggregateError Proxy Reflect Function',
  'ArrayBuffer DataView Uint8Array Int8Array Uint8ClampedArray Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array',
  'BigInt64Array BigUint64Array parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent encodeURI decodeURI escape',
  'unescape eval Iterator',
].flatMap((line) => line.split(' '));

export const knownNames: ReadonlySet<string> = new Set([...dataRoots, ...libraryNames, ...languageNames]);

const roots: ReadonlySet<string> = new Set(dataRoots);

export function isDataRoot(name: string): name is DataRoot {
  return roots.has(name);
}

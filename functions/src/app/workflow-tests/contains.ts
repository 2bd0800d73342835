/**
 * Whether a value contains another: an object every key of it, a list element by element, all else is equal. Answers the first places where
 * it does not, as paths for people.
 */
import { joinKey } from '@automateos/shared/expression/analyse-templates';
import { isJsonObject, type JsonValue, ownValue } from '@automateos/shared/model/json';

export type Difference = { readonly path: string; readonly expected: JsonValue; readonly actual: JsonValue };

type Comparison = { readonly exact: boolean; readonly most: number };

export function differences(
  actual: JsonValue,
  expected: JsonValue,
  path: string,
  { exact = false, most = 10 }: Partial<Comparison> = {},
): readonly Difference[] {
  const found: Difference[] = [];
  compare(actual, expected, path, { exact, most }, found);
  return found;
}

export const contains = (actual: JsonValue, expected: JsonValue): boolean =>
  differences(actual, expected, '', { most: 1 }).length === 0;

function compare(actual: JsonValue, expected: JsonValue, path: string, how: Comparison, found: Difference[]): void {
  if (found.length >= how.most) return;
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    for (const [index, one] of expected.entries()) compare(actual[index] ?? null, one, `${path}[${index}]`, how, found);
    return;
  }
  if (isJsonObject(expected) && isJsonObject(actual)) {
    const keys = how.exact ? new Set([...Object.keys(expected), ...Object.keys(actual)]) : Object.keys(expected);
    for (const key of keys) compareKey(actual, expected, { key, path: joinKey(path, key) }, how, found);
    return;
  }
  if (!Object.is(actual, expected)) found.push({ path, expected, actual });
}

function compareKey(
  actual: { readonly [key: string]: JsonValue },
  expected: { readonly [key: string]: JsonValue },
  { key, path }: { readonly key: string; readonly path: string },
  how: Comparison,
  found: Difference[],
): void {
  const [is, should] = [ownValue(actual, key), ownValue(expected, key)];
  if (is === undefined || should === undefined) {
    if (found.length < how.most && is !== should) found.push({ path, expected: should ?? '(absent)', actual: is ?? '(absent)' });
    return;
  }
  compare(is, should, path, how, found);
}

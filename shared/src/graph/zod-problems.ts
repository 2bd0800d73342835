/**
 * Turns zod's issues into problems with our codes, words, paths and suggestions. Values that an expression will give are wildcards: what
 * zod says about the text of the expression means nothing.
 */
import type { z } from 'zod';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import { knownKeysAt } from './json-schema-walk.ts';
import { type ProblemCode, problemCatalogue } from './problem-catalogue.ts';
import type { ProblemList } from './problem-list.ts';
import { formatPath, valueAt } from './problem-path.ts';
import { containsTemplate, isTemplate } from './templates-in.ts';

export type IssueSource = {
  readonly list: ProblemList;
  /** What was parsed. */
  readonly value: unknown;
  /** Path of `value` in the definition. */
  readonly prefix: readonly PropertyKey[];
  readonly jsonSchema: JsonObject;
  /** Type of the node whose params are checked; absent for the definition itself. */
  readonly nodeType?: string;
  /** Top-level keys in which braces are plain text. */
  readonly raw?: readonly string[];
};

type Issue = z.core.$ZodIssue;

/** As safeParse. Where the faults are so many (over a hundred thousand) that zod cannot gather them, one stands for all. */
export function parseShape<T>(
  schema: z.ZodType<T>,
  value: unknown,
): { readonly data: T } | { readonly issues: readonly z.core.$ZodIssue[] } {
  try {
    const parsed = schema.safeParse(value);
    return parsed.success ? { data: parsed.data } : { issues: parsed.error.issues };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { issues: [{ code: 'custom', path: [], message: 'has more faults than can be listed', input: undefined }] };
  }
}

export function addIssues(issues: readonly Issue[], source: IssueSource): void {
  for (const issue of issues) {
    if (source.list.isFull()) return;
    if (!isWildcard(issue, source)) addIssue(issue, source);
  }
}

function isWildcard(issue: Issue, { value, nodeType, raw }: IssueSource): boolean {
  if (nodeType === undefined || raw?.includes(String(issue.path[0]))) return false;
  for (let length = 0; length <= issue.path.length; length++) {
    if (isTemplate(valueAt(value, issue.path.slice(0, length)))) return true;
  }
  const open = issue.code === 'custom' || issue.code === 'invalid_union';
  return open && containsTemplate(valueAt(value, issue.path));
}

function addIssue(issue: Issue, source: IssueSource): void {
  const { list, prefix, value, nodeType } = source;
  const at = formatPath([...prefix, ...issue.path]);
  const actual = valueAt(value, issue.path);
  if (actual === undefined && issue.path.length > 0 && issue.code !== 'custom') {
    const name = String(issue.path.at(-1));
    if (nodeType === undefined) list.add('REQUIRED', at, { name });
    else list.add('PARAM_REQUIRED', at, { type: nodeType, name });
    return;
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      addUnknownKeys(issue.keys, issue.path, source);
      break;
    case 'invalid_type':
      if (!list.hasAt(at)) list.add('WRONG_TYPE', at, { expected: nameExpected(issue.expected), actual: describeValue(actual) });
      break;
    case 'invalid_value':
      addNotAllowed(issue.values.map(String), actual, at, list);
      break;
    case 'too_big':
    case 'too_small':
      list.add('OUT_OF_RANGE', at, { bound: describeBound(issue) });
      break;
    case 'not_multiple_of':
      list.add('OUT_OF_RANGE', at, { bound: `a multiple of ${issue.divisor}` });
      break;
    case 'invalid_format':
      list.add('WRONG_FORMAT', at, { reason: describeFormat(issue) });
      break;
    case 'invalid_key':
      // Its issues are about the key itself: they are told at the place of the key.
      addIssues(moved(issue.issues, issue.path, []), source);
      break;
    case 'invalid_element':
      addIssues(moved(issue.issues, issue.path), source);
      break;
    case 'invalid_union':
      addUnion(issue, source);
      break;
    case 'custom':
      addCustom(issue, at, source);
      break;
  }
}

/** Issues as they look from further out. */
function moved(issues: readonly Issue[], outer: readonly PropertyKey[], keep?: readonly PropertyKey[]): readonly Issue[] {
  return issues.map((inner) => Object.assign({}, inner, { path: [...outer, ...(keep ?? inner.path)] }));
}

function addNotAllowed(allowed: readonly string[], actual: unknown, at: string, list: ProblemList): void {
  list.add('NOT_ALLOWED', at, { allowed: allowed.join(', ') }, list.nearest(String(actual), allowed));
}

function addUnknownKeys(keys: readonly string[], path: readonly PropertyKey[], source: IssueSource): void {
  const { list, prefix, jsonSchema, nodeType } = source;
  const known = knownKeysAt(jsonSchema, path);
  for (const name of keys) {
    if (list.isFull()) return;
    const at = formatPath([...prefix, ...path, name]);
    const suggestion = list.nearest(name, known);
    if (nodeType === undefined) list.add('UNKNOWN_FIELD', at, { name }, suggestion);
    else list.add('UNKNOWN_PARAM', at, { type: nodeType, name }, suggestion);
  }
}

/** Of a union the alternative that came furthest speaks; where none fits the value's type, all are named. */
function addUnion(issue: Extract<Issue, { code: 'invalid_union' }>, source: IssueSource): void {
  const at = formatPath([...source.prefix, ...issue.path]);
  const actual = valueAt(source.value, issue.path);
  if (issue.errors.length === 0 && 'options' in issue && Array.isArray(issue.options)) {
    addNotAllowed(issue.options.map(String), actual, at, source.list);
    return;
  }
  const isObject = typeof actual === 'object';
  const ownType = (one: Issue): boolean =>
    one.path.length === 0 && (one.code === 'invalid_type' || (isObject && one.code === 'invalid_value'));
  const [best] = issue.errors.filter((errors) => !errors.some(ownType)).toSorted((a, b) => a.length - b.length);
  if (best) {
    addIssues(moved(best, issue.path), source);
    return;
  }
  const expected = issue.errors
    .flat()
    .flatMap((one) => (one.code === 'invalid_type' && ownType(one) ? [nameExpected(one.expected)] : []));
  source.list.add('WRONG_TYPE', at, { expected: [...new Set(expected)].join(' or '), actual: describeValue(actual) });
}

/** Schemas with a code of their own (cron, time zone, JSON Schema) pass it as `params.code`. */
function addCustom(issue: Extract<Issue, { code: 'custom' }>, at: string, { list }: IssueSource): void {
  const code: unknown = issue.params?.code;
  const isKnown = typeof code === 'string' && Object.hasOwn(problemCatalogue, code);
  const suggestion: unknown = issue.params?.suggestion;
  list.add(
    isKnown ? (code as ProblemCode) : 'INVALID_VALUE', // own key of the catalogue, checked above
    at,
    { reason: sentence(issue.message), name: String(issue.params?.name ?? '') },
    typeof suggestion === 'string' ? suggestion : undefined,
  );
}

const expectedNames: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  nonoptional: 'given',
};

function nameExpected(expected: string): string {
  return expectedNames[expected] ?? expected;
}

export function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (isJsonObject(value)) return 'an object';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a number with a fraction';
  return typeof value === 'string' ? 'a text' : typeof value === 'boolean' ? String(value) : typeof value;
}

function describeBound(issue: Extract<Issue, { code: 'too_big' | 'too_small' }>): string {
  const [limit, word] = issue.code === 'too_big' ? [issue.maximum, 'most'] : [issue.minimum, 'least'];
  const counted = issue.origin === 'string' || issue.origin === 'array';
  if (counted && word === 'least' && Number(limit) === 1) return 'given: it is empty';
  if (issue.origin === 'string') return `at ${word} ${limit} characters long`;
  if (issue.origin === 'array') return `at ${word} ${limit} long`;
  return issue.inclusive === false ? `${word === 'most' ? 'less' : 'more'} than ${limit}` : `at ${word} ${limit}`;
}

/** Our own patterns say what is right ("has only letters"), some what is wrong ("is not a header name"). */
function describeFormat(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  if (issue.format === 'datetime') return 'This must be an instant such as 2026-01-31T12:00:00Z.';
  const said = issue.message.startsWith('Invalid') ? `is a valid ${issue.format}` : issue.message;
  return /^(is no|must) /.test(said.replace('is not ', 'is no ')) ? sentence(said) : sentence(`must be a text that ${said}`);
}

function sentence(text: string): string {
  const start = /^(is|has|needs|must|contains) /.test(text) ? `This ${text}` : text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

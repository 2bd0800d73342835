/**
 * The two faces of a definition, text -> tree. Both are read strictly: what one reader could take for something else than another (duplicate
 * keys, tags, merge keys, NaN) is refused. The tree is any JSON value within the limits; validateDefinition says whether it is a definition.
 */
import { definitionLimits } from '../model/definition.ts';
import type { JsonValue } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import { jsonDuplicateKeys } from './json-duplicate-keys.ts';
import { measureJson } from './measure-json.ts';
import { wordProblem } from './problem-list.ts';
import { readYaml, yamlLimits } from './yaml-document.ts';

export type DefinitionFormat = 'json' | 'yaml';

export type ParsedText =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function parseDefinitionText(text: string, format: DefinitionFormat): ParsedText {
  // A UTF-8 text is never shorter in bytes than in characters; exact bytes are the door's to limit.
  const limit = definitionLimits.bytes;
  if (text.length > limit) return { ok: false, problems: [wordProblem('TOO_LARGE', '', { limit })] };
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (format === 'json') return parseJson(plain);
  const yaml = readYaml(plain);
  return yaml.ok ? { ok: true, value: yaml.value } : yaml;
}

function parseJson(text: string): ParsedText {
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, problems: [syntaxProblem(text, error)] };
  }
  const measured = measureJson(value, { bytes: definitionLimits.bytes, depth: yamlLimits.depth });
  if (!measured.ok) {
    const { code, limit, found } = measured;
    return { ok: false, problems: [wordProblem(code, '', { limit, name: found, actual: found })] };
  }
  const twice = jsonDuplicateKeys(text);
  if (twice.length === 0) return { ok: true, value };
  return {
    ok: false,
    problems: twice.map(({ key, offset }) => wordProblem('DUPLICATE_KEY', '', { key, line: positionOf(text, offset).line })),
  };
}

/** Engines word the place differently ("at position 12", "line 1 column 13"); some leave it out at the end of the text. */
function syntaxProblem(text: string, error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const named = /line (\d+),? column (\d+)/.exec(message);
  const offset = /position (\d+)/.exec(message)?.[1];
  const place = named
    ? { line: Number(named[1]), column: Number(named[2]) }
    : positionOf(text, offset === undefined ? text.length : Number(offset));
  const reason = message
    .replace(/^JSON\.parse: /, '')
    .replace(/(,? \.{0,3}"[\s\S]*" is not valid JSON)|( in JSON)? at (position|line)[\s\S]*$/, '');
  return wordProblem('SYNTAX', '', { ...place, reason });
}

function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

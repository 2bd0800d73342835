/**
 * YAML as a second way to write JSON: YAML 1.2 with its core schema and nothing else. No custom tags, no merge keys, no duplicate or
 * complex keys, one document; aliases are followed within limits. What could be made expensive on purpose is bounded first.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, parseDocument } from 'yaml';
import type { JsonValue } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { ProblemCode } from './problem-catalogue.ts';
import { wordProblem } from './problem-list.ts';
import { formatPath, type PathSegment } from './problem-path.ts';

export const yamlLimits = {
  depth: 100,
  /** Lexical tokens: what parsing costs. */
  tokens: 300_000,
  /** Values after every alias was followed. */
  values: 200_000,
  /** Of one kind, so that a broken file does not flood its reader. */
  problems: 20,
} as const;

export type YamlDocument =
  | { readonly ok: true; readonly value: JsonValue; readonly document: Document.Parsed; readonly hasAliases: boolean }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function readYaml(text: string): YamlDocument {
  const cost = costOf(text);
  if (cost !== null) return { ok: false, problems: [cost] };
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    strict: true,
    uniqueKeys: false, // checked below: yaml's own check is quadratic
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  });
  const problems: Problem[] = document.errors.slice(0, yamlLimits.problems).map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return wordProblem('SYNTAX', '', { line, column: col, reason: reasonOf(error) });
  });
  if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
    problems.push(wordProblem('SYNTAX', '', { line: 1, column: 1, reason: 'only YAML 1.2 is read' }));
  }
  if (problems.length > 0) return { ok: false, problems };
  return toTree(document, lines);
}

/** The library's words tell programmers what to call instead. */
function reasonOf({ code, message }: { readonly code: string; readonly message: string }): string {
  return code === 'MULTIPLE_DOCS' ? 'a second document begins here (---); a definition is one document' : message;
}

/** Brackets are counted before the parser recurses into them. */
function costOf(text: string): Problem | null {
  let tokens = 0;
  let brackets = 0;
  for (const token of new Lexer().lex(text)) {
    tokens++;
    if (token === '[' || token === '{') brackets++;
    else if (token === ']' || token === '}') brackets--;
    if (brackets > yamlLimits.depth) return wordProblem('TOO_DEEP', '', { limit: yamlLimits.depth });
    if (tokens > yamlLimits.tokens)
      return wordProblem('TOO_MANY', '', { count: 'too many', what: 'parts in this YAML', limit: yamlLimits.tokens });
  }
  return null;
}

function toTree(document: Document.Parsed, lines: LineCounter): YamlDocument {
  const problems: Problem[] = [];
  const anchors = new Map<string, Node>();
  const open = new Set<unknown>();
  let values = 0;
  let hasAliases = false;

  const report = (code: ProblemCode, node: unknown, path: readonly PathSegment[], context: Record<string, string> = {}): null => {
    if (problems.length < yamlLimits.problems)
      problems.push(wordProblem(code, formatPath(path), { ...context, line: lineOf(node, lines) }));
    return null;
  };

  const convert = (node: unknown, path: readonly PathSegment[]): JsonValue => {
    if (path.length > yamlLimits.depth) return report('TOO_DEEP', node, path, { limit: String(yamlLimits.depth) });
    if (++values > yamlLimits.values) {
      const first = values === yamlLimits.values + 1; // said once
      return first ? report('TOO_MANY', node, [], { count: 'too many', what: 'values', limit: String(yamlLimits.values) }) : null;
    }
    if (isAlias(node)) {
      hasAliases = true;
      const target = anchors.get(node.source);
      if (!target || open.has(target)) return report('YAML_ALIAS', node, path, { alias: node.source });
      return convert(target, path);
    }
    if (isScalar(node)) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isUnknownTag(node.tag)) return report('YAML_TAG', node, path, { tag: String(node.tag) });
      return (
        scalarValue(node.value) ?? (node.value === null ? null : report('NOT_JSON', node, path, { actual: String(node.value) }))
      );
    }
    if (!isMap(node) && !isSeq(node)) return null; // an absent value
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isUnknownTag(node.tag)) return report('YAML_TAG', node, path, { tag: String(node.tag) });
    open.add(node);
    const value = isSeq(node) ? node.items.map((item, at) => convert(item, [...path, at])) : convertMap(node.items, path);
    open.delete(node);
    return value;
  };

  const convertMap = (
    pairs: readonly { readonly key: unknown; readonly value: unknown }[],
    path: readonly PathSegment[],
  ): JsonValue => {
    const entries = new Map<string, JsonValue>();
    for (const { key: keyNode, value } of pairs) {
      const key = isScalar(keyNode) && keyNode.value !== null && keyNode.tag === undefined ? String(keyNode.value) : null;
      if (key === null) report('YAML_KEY', keyNode, path);
      else if (key === '<<') report('YAML_MERGE_KEY', keyNode, path);
      else if (key === '__proto__') report('FORBIDDEN_KEY', keyNode, path, { name: key });
      else if (entries.has(key)) report('DUPLICATE_KEY', keyNode, [...path, key], { key });
      else {
        if (isScalar(keyNode) && keyNode.anchor !== undefined) anchors.set(keyNode.anchor, keyNode);
        entries.set(key, convert(value, [...path, key]));
      }
    }
    return Object.fromEntries(entries);
  };

  const value = convert(document.contents, []);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value, document, hasAliases };
}

function scalarValue(value: unknown): JsonValue | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

const coreTags: ReadonlySet<string> = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);

function isUnknownTag(tag: string | undefined): boolean {
  return tag !== undefined && tag !== '!' && !coreTags.has(tag);
}

function lineOf(node: unknown, lines: LineCounter): number {
  const range = isAlias(node) || isScalar(node) || isMap(node) || isSeq(node) ? node.range : undefined;
  return range ? lines.linePos(range[0]).line : 1;
}

/**
 * Tree -> YAML. With the YAML that the definition once came from, that text is brought up to date in place: comments, order, quoting and
 * layout of everything that is still the same stay; if nothing changed, it is returned as it is.
 */
import { Document, isMap, isScalar, isSeq, type Node, Pair, Scalar, visit, type YAMLMap, type YAMLSeq } from 'yaml';
import { Definition } from '../model/definition.ts';
import { isJsonObject, type JsonObject, type JsonPrimitive, type JsonValue, ownValue } from '../model/json.ts';
import { withoutDefaults } from './without-defaults.ts';
import { readYaml } from './yaml-document.ts';

const layout = { lineWidth: 120, indentSeq: true, flowCollectionPadding: true } as const;

export function renderYaml(definition: Definition, options: { readonly source?: string } = {}): string {
  const brief = withoutDefaults(definition);
  const source = options.source === undefined ? null : readYaml(options.source);
  if (options.source === undefined || !source?.ok) return renderFresh(brief);
  const { document, value } = source;
  if (!isMap(document.contents)) return renderFresh(brief);
  const earlier = Definition.safeParse(value);
  if (earlier.success && isEqual(withoutDefaults(earlier.data), brief)) return options.source;
  if (source.hasAliases) expandAliases(document);
  // Parsed definitions are JSON; zod's types only do not say so.
  updateMap(document.contents as YAMLMap<unknown, unknown>, { brief, full: definition as unknown as JsonObject }, document);
  return document.toString(layout);
}

/** The same tree twice: without and with what the schema fills in. What the source spells out although it need not, stays. */
type Wanted<T extends JsonValue> = { readonly brief: T; readonly full: JsonValue };

function renderFresh(wanted: JsonObject): string {
  const document = new Document(wanted);
  // One line per edge and per position reads better than three.
  visit(document, {
    Pair(_, pair) {
      const key = isScalar(pair.key) ? pair.key.value : undefined;
      if (key === 'edges' && isSeq(pair.value)) for (const edge of pair.value.items) if (isMap(edge)) edge.flow = true;
      if (key === 'position' && isMap(pair.value)) pair.value.flow = true;
      return key === 'params' ? visit.SKIP : undefined;
    },
  });
  return document.toString(layout);
}

/** A change in one place must not show in another: every alias becomes a copy. */
function expandAliases(document: Document.Parsed): void {
  visit(document, {
    Alias(_, alias) {
      const copy = alias.resolve(document)?.clone();
      if (copy) forgetAnchors(copy as Node);
      return copy as Node | undefined;
    },
  });
  if (document.contents) forgetAnchors(document.contents);
}

function forgetAnchors(root: Node): void {
  visit(root, {
    Value(_, node) {
      delete node.anchor;
    },
  });
}

function updateMap(map: YAMLMap<unknown, unknown>, { brief, full }: Wanted<JsonObject>, document: Document): void {
  const complete = isJsonObject(full) ? full : brief;
  map.items = map.items.filter((pair) => Object.hasOwn(complete, keyOf(pair.key)));
  for (const pair of map.items) {
    const key = keyOf(pair.key);
    const implied = ownValue(complete, key) ?? null;
    pair.value = updated(pair.value, { brief: ownValue(brief, key) ?? implied, full: implied }, document);
  }
  const present = new Set(map.items.map((pair) => keyOf(pair.key)));
  for (const [key, value] of Object.entries(brief)) {
    if (!present.has(key)) map.items.push(new Pair(document.createNode(key), document.createNode(value)));
  }
}

function updated(node: unknown, wanted: Wanted<JsonValue>, document: Document): unknown {
  const { brief, full } = wanted;
  if (isMap(node) && isJsonObject(brief)) {
    updateMap(node, { brief, full }, document);
    return node;
  }
  if (isSeq(node) && Array.isArray(brief)) {
    updateSeq(node, { brief, full }, document);
    return node;
  }
  if (isScalar(node) && (typeof brief !== 'object' || brief === null)) return updatedScalar(node, brief);
  const fresh = document.createNode(brief);
  return isScalar(node) || isMap(node) || isSeq(node) ? Object.assign(fresh, commentsOf(node)) : fresh;
}

/** The comment stays; quoting stays where the new value is a text too. */
function updatedScalar(node: Scalar, value: JsonPrimitive): Scalar {
  if (node.value === value) return node;
  const next = new Scalar(value);
  if (typeof value === 'string' && typeof node.value === 'string' && node.type !== undefined) next.type = node.type;
  return Object.assign(next, commentsOf(node));
}

/** Elements are recognised by their id, edges by their ends, others by their content or else their place. */
function updateSeq(seq: YAMLSeq<unknown>, { brief, full }: Wanted<readonly JsonValue[]>, document: Document): void {
  const before = seq.items.map((item) => ({ item, identity: identityOf(toPlain(item, document)), used: false }));
  const byIdentity = new Map(before.toReversed().map((entry) => [entry.identity, entry]));
  seq.items = brief.map((value, at) => {
    const match = byIdentity.get(identityOf(value)) ?? (hasIdentity(value) ? undefined : before[at]);
    if (!match || match.used) return document.createNode(value);
    match.used = true;
    const complete: JsonValue = Array.isArray(full) ? (full[at] ?? null) : null;
    return updated(match.item, { brief: value, full: complete }, document);
  });
}

function hasIdentity(value: JsonValue): boolean {
  return (
    isJsonObject(value) && (typeof value.id === 'string' || typeof value.from === 'string' || typeof value.name === 'string')
  );
}

function identityOf(value: JsonValue): string {
  if (isJsonObject(value)) {
    const { id, from, to, output, name } = value;
    if (typeof id === 'string') return `id ${id}`;
    if (typeof from === 'string') return JSON.stringify([from, to ?? null, output ?? null]);
    if (typeof name === 'string') return `name ${name}`;
  }
  return JSON.stringify(value);
}

function toPlain(item: unknown, document: Document): JsonValue {
  // readYaml has found the document to be JSON.
  return isScalar(item) || isMap(item) || isSeq(item) ? (item.toJS(document) as JsonValue) : null;
}

function keyOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function commentsOf(node: Node): Pick<Node, 'comment' | 'commentBefore' | 'spaceBefore'> {
  const { comment, commentBefore, spaceBefore } = node;
  return {
    ...(comment != null && { comment }),
    ...(commentBefore != null && { commentBefore }),
    ...(spaceBefore && { spaceBefore }),
  };
}

function isEqual(a: JsonValue, b: JsonValue): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, at) => isEqual(one, b[at] ?? null));
  if (!isJsonObject(a)) return a === b;
  const keys = Object.keys(a);
  return (
    isJsonObject(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key] ?? null, b[key] ?? null))
  );
}

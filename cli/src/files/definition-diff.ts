/**
 * What changed between two definitions, in the words of workflows (nodes, edges, settings) rather than in lines of a file. Both are
 * brought to the model's normal form first, so that a default that one side spells out is no change. Secrets of webhooks are not shown; the
 * server does not show them either, so that one which is written out always counts as a change.
 */
import { Definition } from '@automateos/shared/model/definition';
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { secretPlaceholder } from '@automateos/shared/model/webhook-auth';

export type Change = { readonly kind: 'added' | 'removed' | 'changed'; readonly text: string };

export function diffDefinitions(before: JsonValue, after: JsonValue): Change[] {
  const [old, next] = [normalForm(before), normalForm(after)];
  const nodes = diffKeyed(keyed(old.nodes, nodeKey), keyed(next.nodes, nodeKey), describeNode);
  const edges = diffKeyed(keyed(old.edges, edgeKey), keyed(next.edges, edgeKey), (_, key) => `edge ${key}`);
  const rest = diffFields('', without(old), without(next));
  return [...rest, ...nodes, ...edges];
}

export function sameDefinition(before: JsonValue, after: JsonValue): boolean {
  return stable(normalForm(before)) === stable(normalForm(after));
}

function normalForm(value: JsonValue): JsonObject {
  const parsed = Definition.safeParse(value);
  if (parsed.success) return JSON.parse(JSON.stringify(parsed.data)) as JsonObject; // JSON without undefined is an object again.
  return isJsonObject(value) ? value : {};
}

function diffKeyed(
  before: Map<string, JsonObject>,
  after: Map<string, JsonObject>,
  name: (item: JsonObject, key: string) => string,
): Change[] {
  const changes: Change[] = [];
  for (const [key, item] of before) if (!after.has(key)) changes.push({ kind: 'removed', text: name(item, key) });
  for (const [key, item] of after) {
    const old = before.get(key);
    if (old === undefined) changes.push({ kind: 'added', text: name(item, key) });
    else changes.push(...diffFields(name(item, key), old, item));
  }
  return changes;
}

/** One line per field that differs, down to the leaf. */
function diffFields(label: string, before: JsonObject, after: JsonObject, path = ''): Change[] {
  const changes: Change[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, next] = [before[key], after[key]];
    const at = path === '' ? key : `${path}.${key}`;
    const text = `${label === '' ? '' : `${label}: `}${at}`;
    if (old === undefined && next !== undefined) changes.push({ kind: 'added', text: `${text} = ${brief(next, at)}` });
    else if (old !== undefined && next === undefined) changes.push({ kind: 'removed', text: `${text} (was ${brief(old, at)})` });
    else if (isJsonObject(old) && isJsonObject(next)) changes.push(...diffFields(label, old, next, at));
    else if (old !== undefined && next !== undefined && stable(old) !== stable(next)) {
      const told = isSecret(at) ? `${text} is set` : `${text}: ${brief(old, at)} → ${brief(next, at)}`;
      changes.push({ kind: 'changed', text: told });
    }
  }
  return changes;
}

function keyed(value: JsonValue | undefined, key: (item: JsonObject) => string): Map<string, JsonObject> {
  const items = Array.isArray(value) ? value.filter(isJsonObject) : [];
  return new Map(items.map((item) => [key(item), item]));
}

const nodeKey = (node: JsonObject) => String(node.id);
const edgeKey = (edge: JsonObject) => `${edge.from}${edge.output === undefined ? '' : `[${edge.output}]`} → ${edge.to}`;
const describeNode = (node: JsonObject, key: string) => `node ${key} (${node.type})`;

function without(definition: JsonObject): JsonObject {
  const { nodes: _nodes, edges: _edges, ...rest } = definition;
  return rest;
}

const isSecret = (path: string): boolean => /(^|\.)params\.auth\.(secret|password|value)$/.test(path);

function hideSecrets(value: JsonValue, path: string): JsonValue {
  if (isSecret(path)) return secretPlaceholder;
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hideSecrets(inner, `${path}.${key}`)]));
}

function brief(value: JsonValue, path: string): string {
  const text = stable(hideSecrets(value, path));
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** JSON with sorted keys. */
function stable(value: JsonValue): string {
  return JSON.stringify(value, (_, inner: JsonValue) =>
    isJsonObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

/**
 * Expressions parse, name what exists, and refer only to steps that can have run before: those on a way to the node in its own scope, or
 * to a loop around it in that loop's scope. The condition of a loop (a lazy param) also sees the body; a node that undoes another sees that
 * one and what it saw.
 */
import { analyseTemplates } from '../expression/analyse-templates.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { NodeManifest } from '../model/node-manifest.ts';
import { containersOf } from './definition-graph.ts';
import { formatPath, joinPath } from './problem-path.ts';
import { createAncestry } from './reachability.ts';
import type { PlacedNode } from './read-loosely.ts';
import { containsTemplate, templatesIn } from './templates-in.ts';
import { isOff, type ValidationContext } from './validation-context.ts';

export function checkExpressions(context: ValidationContext): void {
  const { graph, manifests, tree } = context;
  const isBefore = createAncestry(graph);
  const undoes = new Map(
    [...graph.nodes.values()].flatMap((node) => (node.compensate === undefined ? [] : [[node.compensate, node]])),
  );

  /** Whether `id` can have run when `node` runs. */
  const canSee = (id: string, node: PlacedNode): boolean => {
    const undone = undoes.get(node.id);
    if (undone !== undefined && undone !== node && (undone.id === id || canSeeFrom(id, undone))) return true;
    return canSeeFrom(id, node);
  };
  const canSeeFrom = (id: string, node: PlacedNode): boolean =>
    isBefore(id, node.id) || containersOf(graph, node.id).some((container) => isBefore(id, container));

  for (const node of tree.nodes) {
    const manifest = manifests.get(node.type);
    if (!containsTemplate(node.params) || isOff(context, node, containersOf(graph, node.id))) continue;
    checkNode(context, node, manifest, canSee);
  }
}

function checkNode(
  context: ValidationContext,
  node: PlacedNode,
  manifest: NodeManifest | undefined,
  canSee: (id: string, node: PlacedNode) => boolean,
): void {
  const { graph, list } = context;
  const lazy = new Set(manifest?.lazyParams ?? []);
  const analysis = analyseTemplates(node.params, manifest?.rawParams ?? []);
  const prefix = formatPath(['nodes', node.index, 'params']);
  for (const problem of analysis.problems) list.addWorded({ ...problem, path: joinPath(prefix, problem.path) });
  const told = new Set<string>();
  for (const { id, path } of analysis.steps) {
    const at = joinPath(prefix, path);
    if (told.has(`${at} ${id}`)) continue;
    told.add(`${at} ${id}`);
    const target = graph.nodes.get(id);
    if (!target) list.add('UNKNOWN_STEP', at, { id }, list.nearest(id, graph.nodes.keys()));
    else if (!canSee(id, node) && !(lazy.has(topKey(path)) && target.parent === node.id)) addNotBefore(context, node, target, at);
  }
  if (analysis.usesItem && !isInForEach(context, node)) {
    for (const path of itemPaths(node.params, manifest?.rawParams ?? [])) list.add('ITEM_OUTSIDE_LOOP', joinPath(prefix, path));
  }
}

function addNotBefore({ graph, list }: ValidationContext, node: PlacedNode, target: PlacedNode, path: string): void {
  const around = new Set([node.id, ...containersOf(graph, node.id)]);
  const container = containersOf(graph, target.id).findLast((id) => !around.has(id));
  if (container !== undefined) list.add('STEP_INSIDE_LOOP', path, { id: target.id, container }, `steps.${container}.output`);
  else list.add('STEP_NOT_BEFORE', path, { id: target.id });
}

function isInForEach({ graph, manifests }: ValidationContext, node: PlacedNode): boolean {
  // A container whose type is unknown may be one that has items.
  return containersOf(graph, node.id).some((id) => {
    const type = graph.nodes.get(id)?.type ?? '';
    return type === 'flow.for-each' || !manifests.has(type);
  });
}

function itemPaths(params: JsonObject, raw: readonly string[]): readonly string[] {
  const paths: string[] = [];
  for (const { text, path } of templatesIn(params)) {
    if (!raw.includes(String(path[0])) && analyseTemplates(text satisfies JsonValue).usesItem) paths.push(formatPath(path));
  }
  return paths;
}

function topKey(path: string): string {
  return /^[\w$]+/.exec(path)?.[0] ?? '';
}

/**
 * Expressions parse, name what exists, and refer only to steps that can have run before: those on a way to the node in its own scope, or
 * to a loop around it in that loop's scope. The condition of a loop (a lazy param) also sees the body; a node that undoes another sees all
 * that can have run where it stands.
 */
import { analyseTemplates } from '../expression/analyse-templates.ts';
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

  /** Whether `id` can have run when `node` runs. Compensations run last of all, in the scope of what they undo. */
  const canSee = (id: string, node: PlacedNode): boolean => {
    const around = containersOf(graph, node.id);
    if (!graph.compensations.has(node.id)) return isBefore(id, node.id) || around.some((container) => isBefore(id, container));
    const place = graph.nodes.get(id)?.parent;
    return id !== node.id && (place === undefined || around.includes(place));
  };

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
  for (const { id, path } of analysis.callbacks) checkCallback(context, id, joinPath(prefix, path));
  const outside = outsideNames(context, node, analysis, lazy.size > 0);
  if (outside.length > 0) addOutside(context, node, outside, manifest?.rawParams ?? []);
}

/** Somebody would be given an address at which nobody waits. */
function checkCallback({ graph, list }: ValidationContext, id: string, path: string): void {
  const target = graph.nodes.get(id);
  if (target?.type === 'flow.callback') return;
  const waiting = [...graph.nodes.values()].filter(({ type }) => type === 'flow.callback').map((node) => node.id);
  if (target) list.add('NOT_A_CALLBACK', path, { id, type: target.type }, waiting.length === 1 ? waiting[0] : undefined);
  else list.add('UNKNOWN_STEP', path, { id }, list.nearest(id, waiting));
}

type OutsideName = { readonly name: 'item' | 'index'; readonly place: string };

function outsideNames(
  { graph, manifests }: ValidationContext,
  node: PlacedNode,
  used: { readonly usesItem: boolean; readonly usesIndex: boolean },
  countsRounds: boolean,
): readonly OutsideName[] {
  const around = containersOf(graph, node.id).map((id) => graph.nodes.get(id)?.type ?? '');
  // A container whose type is unknown may be one that has items.
  const inForEach = around.some((type) => type === 'flow.for-each' || !manifests.has(type));
  const found: OutsideName[] = [];
  if (used.usesItem && !inForEach) found.push({ name: 'item', place: 'inside a flow.for-each' });
  if (used.usesIndex && around.length === 0 && !countsRounds) found.push({ name: 'index', place: 'inside a loop' });
  return found;
}

function addOutside({ list }: ValidationContext, node: PlacedNode, names: readonly OutsideName[], raw: readonly string[]): void {
  for (const { text, path } of templatesIn(node.params)) {
    if (raw.includes(String(path[0]))) continue;
    const { usesItem, usesIndex } = analyseTemplates(text);
    for (const { name, place } of names) {
      if (name === 'item' ? !usesItem : !usesIndex) continue;
      list.add('ITEM_OUTSIDE_LOOP', formatPath(['nodes', node.index, 'params', ...path]), { name, place });
    }
  }
}

function addNotBefore({ graph, list }: ValidationContext, node: PlacedNode, target: PlacedNode, path: string): void {
  const around = new Set([node.id, ...containersOf(graph, node.id)]);
  const container = containersOf(graph, target.id).findLast((id) => !around.has(id));
  if (container !== undefined) list.add('STEP_INSIDE_LOOP', path, { id: target.id, container }, `steps.${container}.output`);
  else list.add('STEP_NOT_BEFORE', path, { id: target.id });
}

function topKey(path: string): string {
  return /^[\w$]+/.exec(path)?.[0] ?? '';
}

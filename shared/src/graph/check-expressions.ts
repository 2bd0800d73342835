/**
 * Expressions parse, name what exists, and refer only to steps that can have run before: those on a way to the node in its own scope, or
 * to a loop around it in that loop's scope. The condition of a loop (a lazy param) also sees the body; a node that undoes another sees all
 * that can have run where it stands. All expressions together are bounded, so that no definition holds up the others.
 */
import { type AnalysisEffort, analyseTemplates, type TemplateAnalysis } from '../expression/analyse-templates.ts';
import { definitionLimits } from '../model/definition.ts';
import type { NodeManifest } from '../model/node-manifest.ts';
import { containersOf } from './definition-graph.ts';
import { formatPath, joinPath } from './problem-path.ts';
import { createAncestry } from './reachability.ts';
import type { PlacedNode } from './read-loosely.ts';
import { containsTemplate } from './templates-in.ts';
import { isOff, type ValidationContext } from './validation-context.ts';

export function checkExpressions(context: ValidationContext): void {
  const { graph, manifests, tree } = context;
  const isBefore = createAncestry(graph);

  /** Whether `id` can have run when `node` runs. Compensations run last of all, in the scope of what they undo. */
  const canSee = (id: string, node: PlacedNode): boolean => {
    if (!graph.compensations.has(node.id)) {
      return isBefore(id, node.id) || containersOf(graph, node.id).some((container) => isBefore(id, container));
    }
    const place = graph.nodes.get(id)?.parent;
    return id !== node.id && (place === undefined || containersOf(graph, node.id).includes(place));
  };

  const effort: AnalysisEffort = { characters: definitionLimits.expressionCharacters, problems: 400, suggestions: 50 };
  const waiting = [...graph.nodes.values()].filter(({ type }) => type === 'flow.callback').map(({ id }) => id);
  for (const node of tree.nodes) {
    if (!containsTemplate(node.params) || isOff(context, node, containersOf(graph, node.id))) continue;
    const isComplete = checkNode(context, node, { manifest: manifests.get(node.type), canSee, effort, waiting });
    if (!isComplete) break;
  }
}

type Check = {
  readonly manifest: NodeManifest | undefined;
  readonly canSee: (id: string, node: PlacedNode) => boolean;
  readonly effort: AnalysisEffort;
  /** The nodes that wait for a callback. */
  readonly waiting: readonly string[];
};

/** False where the expressions have become too many to look at. */
function checkNode(context: ValidationContext, node: PlacedNode, { manifest, canSee, effort, waiting }: Check): boolean {
  const { graph, list } = context;
  const lazy = new Set(manifest?.lazyParams ?? []);
  const analysis = analyseTemplates(node.params, { raw: manifest?.rawParams ?? [], effort });
  const prefix = formatPath(['nodes', node.index, 'params']);
  for (const problem of analysis.problems) list.addWorded({ ...problem, path: joinPath(prefix, problem.path) });
  const told = new Set<string>();
  for (const { id, path } of analysis.steps) {
    if (told.has(`${path} ${id}`)) continue;
    told.add(`${path} ${id}`);
    const at = joinPath(prefix, path);
    const target = graph.nodes.get(id);
    if (!target) list.add('UNKNOWN_STEP', at, { id }, list.nearest(id, graph.nodes.keys()));
    else if (!canSee(id, node) && !(lazy.has(topKey(path)) && target.parent === node.id)) addNotBefore(context, node, target, at);
  }
  for (const { id, path } of analysis.callbacks) checkCallback(context, id, joinPath(prefix, path), waiting);
  const outside = outsideNames(context, node, analysis, lazy.size > 0);
  for (const { name, path } of analysis.loopNames) {
    const place = outside[name];
    if (place !== undefined) list.add('ITEM_OUTSIDE_LOOP', joinPath(prefix, path), { name, place });
  }
  if (analysis.exceededAt === null) return true;
  const limit = definitionLimits.expressionCharacters;
  list.add('EXPRESSIONS_TOO_LARGE', joinPath(prefix, analysis.exceededAt), { limit });
  return false;
}

/** Somebody would be given an address at which nobody waits. */
function checkCallback({ graph, list }: ValidationContext, id: string, path: string, waiting: readonly string[]): void {
  const target = graph.nodes.get(id);
  if (target?.type === 'flow.callback') return;
  if (target) list.add('NOT_A_CALLBACK', path, { id, type: target.type }, waiting.length === 1 ? waiting[0] : undefined);
  else list.add('UNKNOWN_STEP', path, { id }, list.nearest(id, waiting));
}

/** Where a name would exist that does not here. */
type OutsideNames = { readonly item?: string; readonly index?: string };

function outsideNames(
  { graph, manifests }: ValidationContext,
  node: PlacedNode,
  { loopNames }: Pick<TemplateAnalysis, 'loopNames'>,
  countsRounds: boolean,
): OutsideNames {
  if (loopNames.length === 0) return {};
  const around = containersOf(graph, node.id).map((id) => graph.nodes.get(id)?.type ?? '');
  // A container whose type is unknown may be one that has items.
  const inForEach = around.some((type) => type === 'flow.for-each' || !manifests.has(type));
  return {
    ...(inForEach ? {} : { item: 'inside a flow.for-each' }),
    ...(around.length > 0 || countsRounds ? {} : { index: 'inside a loop' }),
  };
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

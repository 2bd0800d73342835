/** Ids, node types and params. What is switched off may be half-finished: only its id and type are looked at. */
import { definitionLimits } from '../model/definition.ts';
import type { NodeManifest } from '../model/node-manifest.ts';
import { containersOf } from './definition-graph.ts';
import { hintedParams, jsonSchemaOf, valuesAt } from './json-schema-walk.ts';
import { formatPath } from './problem-path.ts';
import type { PlacedNode } from './read-loosely.ts';
import { containsTemplate, templatesIn } from './templates-in.ts';
import { isOff, isTrigger, type ValidationContext } from './validation-context.ts';
import { addIssues, parseShape } from './zod-problems.ts';

export function checkNodes(context: ValidationContext): void {
  const { tree, graph, manifests, list } = context;
  for (const node of tree.nodes) {
    const first = graph.nodes.get(node.id);
    if (first && first !== node) list.add('DUPLICATE_ID', `nodes[${node.index}].id`, { id: node.id, first: first.index });
    const manifest = manifests.get(node.type);
    if (!manifest) {
      list.add('UNKNOWN_NODE_TYPE', `nodes[${node.index}].type`, { type: node.type }, list.nearest(node.type, manifests.keys()));
      continue;
    }
    if (node.typeVersion !== undefined && node.typeVersion !== manifest.version) {
      const { type } = node;
      list.add(
        'UNKNOWN_TYPE_VERSION',
        `nodes[${node.index}].typeVersion`,
        { type, version: manifest.version },
        String(manifest.version),
      );
    }
    if (!node.hasParams || isOff(context, node, containersOf(graph, node.id))) continue;
    checkParams(context, node, manifest);
  }
  if (tree.nodes.length > 0 && !tree.nodes.some((node) => isTrigger(context, node))) list.add('MISSING_TRIGGER', 'nodes');
}

function checkParams(context: ValidationContext, node: PlacedNode, manifest: NodeManifest): void {
  const { list } = context;
  checkHints(context, node, manifest);
  const prefix = ['nodes', node.index, 'params'];
  const parsed = parseShape(manifest.params, node.params);
  if ('issues' in parsed) {
    const jsonSchema = jsonSchemaOf(manifest.params);
    const raw = manifest.rawParams ?? [];
    addIssues(parsed.issues, { list, value: node.params, prefix, jsonSchema, nodeType: node.type, raw });
  }
  if (isTrigger(context, node) && containsTemplate(node.params)) checkTriggerTemplates(context, node);
}

/** A condition that is plain text would always hold: surely an expression without its braces. */
function checkHints({ list }: ValidationContext, node: PlacedNode, manifest: NodeManifest): void {
  for (const { path: pattern, hint } of hintedParams(manifest.params)) {
    if (hint !== 'condition' && hint !== 'expression') continue;
    for (const { value, path } of valuesAt(node.params, pattern)) {
      const at = formatPath(['nodes', node.index, 'params', ...path]);
      if (typeof value !== 'string' || value.includes('{{')) continue;
      list.add('NOT_AN_EXPRESSION', at, {}, value.length <= 200 && value.trim() !== '' ? `{{ ${value.trim()} }}` : undefined);
    }
  }
}

/** An event's condition looks at the event; all else must be known when the trigger is set up. */
function checkTriggerTemplates({ list }: ValidationContext, node: PlacedNode): void {
  for (const { path } of templatesIn(node.params)) {
    if (path[0] === 'condition') continue;
    list.add('TEMPLATE_NOT_ALLOWED', formatPath(['nodes', node.index, 'params', ...path]));
  }
}

/** True where the lists are too long for anything else to be worth checking. */
export function checkCounts({ tree, list }: Pick<ValidationContext, 'tree' | 'list'>): boolean {
  const { nodes, edges } = definitionLimits;
  if (tree.nodes.length > nodes) list.add('TOO_MANY', 'nodes', { count: tree.nodes.length, what: 'nodes', limit: nodes });
  if (tree.edges.length > edges) list.add('TOO_MANY', 'edges', { count: tree.edges.length, what: 'edges', limit: edges });
  return tree.nodes.length > nodes || tree.edges.length > edges;
}

/** Loops and what is inside them, and the nodes that undo others. */
import { definitionLimits } from '../model/definition.ts';
import { containersOf } from './definition-graph.ts';
import type { PlacedNode } from './read-loosely.ts';
import { isTrigger, type ValidationContext } from './validation-context.ts';

export function checkContainers(context: ValidationContext): void {
  const { graph, manifests, list } = context;
  for (const node of graph.nodes.values()) {
    if (node.parent !== undefined) checkParent(context, node, node.parent);
    if (manifests.get(node.type)?.container !== true) continue;
    const body = (graph.children.get(node.id) ?? []).filter((id) => !graph.compensations.has(id));
    if (body.length === 0) list.add('EMPTY_CONTAINER', `nodes[${node.index}]`, { id: node.id });
  }
  checkParentCycles(context);
}

function checkParent(context: ValidationContext, node: PlacedNode, parent: string): void {
  const { graph, manifests, list } = context;
  const path = `nodes[${node.index}].parent`;
  const holder = graph.nodes.get(parent);
  if (!holder) {
    const containers = [...graph.nodes.values()].flatMap((one) => (manifests.get(one.type)?.container ? [one.id] : []));
    list.add('UNKNOWN_PARENT', path, { id: parent }, list.nearest(parent, containers));
    return;
  }
  const manifest = manifests.get(holder.type);
  if (manifest && manifest.container !== true) list.add('NOT_A_CONTAINER', path, { id: parent, type: holder.type });
  if (isTrigger(context, node)) list.add('TRIGGER_IN_CONTAINER', path);
  const depth = containersOf(graph, node.id).length;
  if (depth > definitionLimits.nesting)
    list.add('NESTED_TOO_DEEP', path, { id: node.id, depth, limit: definitionLimits.nesting });
}

function checkParentCycles({ graph, list }: ValidationContext): void {
  const done = new Set<string>();
  for (const node of graph.nodes.values()) {
    const chain: string[] = [];
    for (let at: string | undefined = node.id; at !== undefined && !done.has(at); at = graph.nodes.get(at)?.parent) {
      const start = chain.indexOf(at);
      if (start >= 0) {
        const cycle = chain.slice(start);
        const index = graph.nodes.get(at)?.index ?? 0;
        list.add('PARENT_CYCLE', `nodes[${index}].parent`, { cycle: [...cycle, at].join(' in ') });
        break;
      }
      chain.push(at);
    }
    for (const id of chain) done.add(id);
  }
}

export function checkCompensations(context: ValidationContext): void {
  const { graph, manifests, list } = context;
  const usedBy = new Map<string, string>();
  for (const node of graph.nodes.values()) {
    const id = node.compensate;
    if (id === undefined) continue;
    const path = `nodes[${node.index}].compensate`;
    const target = graph.nodes.get(id);
    if (!target) {
      list.add('UNKNOWN_NODE', path, { id }, list.nearest(id, graph.nodes.keys()));
      continue;
    }
    if (id === node.id) {
      list.add('COMPENSATION_SELF', path);
      continue;
    }
    const connected = (graph.incoming.get(id) ?? []).length + (graph.outgoing.get(id) ?? []).length > 0;
    if (connected) list.add('COMPENSATION_CONNECTED', path, { id, of: node.id });
    const effect = manifests.get(target.type)?.effect;
    if (effect === 'control' || isTrigger(context, target)) list.add('COMPENSATION_TYPE', path, { id, type: target.type });
    if (target.parent !== node.parent) list.add('COMPENSATION_PLACE', path, { id, of: node.id });
    const other = usedBy.get(id);
    if (other !== undefined) list.add('COMPENSATION_SHARED', path, { id, of: other });
    usedBy.set(id, node.id);
  }
}

/** The graph as a whole: nothing waits for itself, and everything can be reached from a trigger. */
import { successors } from './definition-graph.ts';
import { findCycles } from './find-cycles.ts';
import { reachableFrom } from './reachability.ts';
import { isTrigger, type ValidationContext } from './validation-context.ts';

export function checkPaths(context: ValidationContext): void {
  const { graph, list } = context;
  for (const cycle of findCycles(graph)) {
    const [first] = cycle;
    const index = graph.nodes.get(first ?? '')?.index ?? 0;
    const shown = cycle.length > 8 ? [...cycle.slice(0, 8), '…'] : cycle;
    list.add('CYCLE', `nodes[${index}]`, { cycle: [...shown, first ?? ''].join(' -> ') });
  }
  const triggers = [...graph.nodes.values()].filter((node) => isTrigger(context, node)).map((node) => node.id);
  if (triggers.length === 0) return; // a problem of its own
  const reached = reachableFrom(triggers, (id) => successors(graph, id));
  for (const node of graph.nodes.values()) {
    // A body is entered with its loop: what has no way there is told of the loop. Undoing needs no way either.
    const exempt = node.parent !== undefined || graph.compensations.has(node.id) || node.disabled === true;
    if (!exempt && !reached.has(node.id)) list.add('UNREACHABLE', `nodes[${node.index}]`, { id: node.id });
  }
}

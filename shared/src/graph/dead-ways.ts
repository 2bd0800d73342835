/**
 * What follows where edges die: nodes whose every edge is dead die too, and so on. Asked once for each outcome of each node, thousands of times
 * for one definition, so the graph is laid out as numbers first and nothing is allocated for an answer.
 */
import { type DefinitionGraph, successors } from './definition-graph.ts';

type DeadWays = {
  /** Joins that stay alive although one of their edges is dead. */
  readonly joins: number;
  /** Dead nodes that nothing follows. */
  readonly ends: number;
};

/** The answer for edges given by the nodes that they lead to. On a cycle, a node dies once. */
export function createDeadWays(graph: DefinitionGraph): (targets: readonly string[]) => DeadWays {
  const ids = [...graph.nodes.keys()];
  const numbers = new Map(ids.map((id, at) => [id, at]));
  const numberOf = (id: string): number => numbers.get(id) ?? 0; // edges lead from node to node
  const next = ids.map((id) => Int32Array.from(successors(graph, id), numberOf));
  const incoming = Int32Array.from(ids, (id) => graph.incoming.get(id)?.length ?? 0);
  const arrived = new Int32Array(ids.length);
  const touched: number[] = [];
  return (targets) => {
    let [joins, ends] = [0, 0];
    const arrive = (node: number): void => {
      const count = (arrived[node] ?? 0) + 1;
      const needed = incoming[node] ?? 0;
      arrived[node] = count;
      if (count === 1) {
        touched.push(node);
        joins += 1;
      }
      if (count !== needed) return;
      joins -= 1;
      dead.push(node);
    };
    const dead: number[] = [];
    for (const target of targets) arrive(numberOf(target));
    for (const node of dead) {
      const after = next[node];
      if (after === undefined || after.length === 0) ends += 1;
      else for (const one of after) arrive(one);
    }
    for (const node of touched) arrived[node] = 0;
    touched.length = 0;
    return { joins, ends };
  };
}

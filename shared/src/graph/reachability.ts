/** Who can be reached from where, and who must come before whom. */
import { type DefinitionGraph, predecessors, successors } from './definition-graph.ts';
import { topologicalOrder } from './topological-order.ts';

/** `starts` and everything that `next` leads to from there. */
export function reachableFrom(starts: Iterable<string>, next: (id: string) => readonly string[]): ReadonlySet<string> {
  const seen = new Set(starts);
  for (const id of seen) for (const follower of next(id)) seen.add(follower);
  return seen;
}

export function descendantsOf(graph: DefinitionGraph, id: string): ReadonlySet<string> {
  return reachableFrom(successors(graph, id), (at) => successors(graph, at));
}

export function ancestorsOf(graph: DefinitionGraph, id: string): ReadonlySet<string> {
  return reachableFrom(predecessors(graph, id), (at) => predecessors(graph, at));
}

/**
 * Answers "does `id` come before `of`" for all pairs in time proportional to edges x nodes / 32, once. Nodes on or behind a cycle have
 * no order: for them the answer is true, so that one fault is not reported twice.
 */
export function createAncestry(graph: DefinitionGraph): (id: string, of: string) => boolean {
  const { order, rest } = topologicalOrder(graph);
  const position = new Map(order.map((id, at) => [id, at]));
  const words = Math.ceil(order.length / 32);
  const sets = new Map<string, Uint32Array>();
  for (const id of order) {
    const own = new Uint32Array(words);
    for (const before of new Set(predecessors(graph, id))) {
      const theirs = sets.get(before);
      if (theirs) for (let word = 0; word < words; word++) own[word] = (own[word] ?? 0) | (theirs[word] ?? 0);
      const at = position.get(before) ?? 0;
      own[at >> 5] = (own[at >> 5] ?? 0) | (1 << (at & 31));
    }
    sets.set(id, own);
  }
  return (id, of) => {
    if (rest.has(of) || rest.has(id)) return true;
    const at = position.get(id);
    return at !== undefined && ((sets.get(of)?.[at >> 5] ?? 0) & (1 << (at & 31))) !== 0;
  };
}

/**
 * One shortest cycle per strongly connected component (Tarjan's algorithm, without recursion), so that a message can name it. Edges from a
 * node to itself are not looked at: they are a fault of their own.
 */
import { type DefinitionGraph, successors } from './definition-graph.ts';

/** Each cycle begins with its first node in definition order and does not repeat it at the end. */
export function findCycles(graph: DefinitionGraph): readonly (readonly string[])[] {
  const rank = new Map([...graph.nodes.keys()].map((id, at) => [id, at]));
  return components(graph)
    .filter((component) => component.length > 1)
    .map((component) =>
      shortestCycle(
        graph,
        new Set(component),
        component.reduce((a, b) => ((rank.get(a) ?? 0) < (rank.get(b) ?? 0) ? a : b)),
      ),
    );
}

type Frame = { readonly id: string; readonly next: readonly string[]; at: number };

function components(graph: DefinitionGraph): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const found: string[][] = [];

  const enter = (id: string): Frame => {
    index.set(id, index.size);
    low.set(id, index.size - 1);
    stack.push(id);
    onStack.add(id);
    return { id, next: successors(graph, id), at: 0 };
  };
  const lower = (id: string, to: number | undefined): void => {
    if (to !== undefined && to < (low.get(id) ?? 0)) low.set(id, to);
  };
  const leave = (id: string): void => {
    if (low.get(id) !== index.get(id)) return;
    const component = stack.splice(stack.lastIndexOf(id));
    for (const member of component) onStack.delete(member);
    found.push(component);
  };

  for (const root of graph.nodes.keys()) {
    if (index.has(root)) continue;
    const frames = [enter(root)];
    for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
      const next = frame.next[frame.at++];
      if (next === undefined) {
        leave(frame.id);
        frames.pop();
        const above = frames.at(-1);
        if (above) lower(above.id, low.get(frame.id));
      } else if (!index.has(next)) frames.push(enter(next));
      else if (onStack.has(next)) lower(frame.id, index.get(next));
    }
  }
  return found;
}

function shortestCycle(graph: DefinitionGraph, within: ReadonlySet<string>, start: string): readonly string[] {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const id of queue) {
    for (const next of successors(graph, id)) {
      if (next === id || !within.has(next)) continue;
      if (next === start) return trace(cameFrom, start, id);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, id);
      queue.push(next);
    }
  }
  return [...within]; // not reached: every member of a component lies on a cycle
}

function trace(cameFrom: ReadonlyMap<string, string>, start: string, end: string): readonly string[] {
  const path = [end];
  for (let at = end; at !== start; ) {
    at = cameFrom.get(at) ?? start;
    path.unshift(at);
  }
  return path;
}

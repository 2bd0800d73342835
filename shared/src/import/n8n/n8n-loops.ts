/**
 * Loops of n8n: Split In Batches (Loop Over Items) with its body and the way back, and Split Out with what follows until the items are
 * brought together again. A body that is entered from elsewhere is no loop of ours.
 */
import type { FlowBuilder } from '../flow-builder.ts';
import { type N8nGraph, type N8nNode, textAt } from './n8n-graph.ts';

export type Region = {
  readonly body: ReadonlySet<string>;
  /** Those that the items come to. */
  readonly first: ReadonlySet<string>;
  /** Where in the item the list is; empty where it is the items themselves. */
  readonly field: string;
};

export const isLoopNode = ({ type, params }: N8nNode): boolean =>
  type === 'splitInBatches' ||
  type === 'splitOut' ||
  (type === 'itemLists' && (params.operation ?? 'splitOutItems') === 'splitOutItems');

const gathering = new Set(['aggregate', 'summarize', 'merge', 'itemLists', 'respondToWebhook']);

export function regionsOf(graph: N8nGraph, build: FlowBuilder): ReadonlyMap<string, Region> {
  const regions = new Map<string, Region>();
  const taken = new Set<string>();
  for (const node of graph.nodes.values()) {
    if (!isLoopNode(node)) continue;
    const region = regionOf(graph, node);
    const free = region !== null && [...region.body].every((name) => !taken.has(name) && !regions.has(name));
    if (region === null || !free || region.body.size === 0) {
      build.warn(
        `${node.name} is no loop here: what it leads to is reached by other ways, too, is in another loop, or is nothing.`,
      );
      continue;
    }
    regions.set(node.name, region);
    for (const name of region.body) taken.add(name);
  }
  return regions;
}

function regionOf(graph: N8nGraph, node: N8nNode): Region | null {
  const isBatches = node.type === 'splitInBatches';
  const loopOutput = isBatches && node.version >= 3 ? 1 : 0;
  const first = graph
    .outOf(node.name)
    .filter(({ output }) => output === loopOutput)
    .map(({ to }) => to);
  const stops = (name: string): boolean => name === node.name || (!isBatches && gathering.has(graph.nodes.get(name)?.type ?? ''));
  const body = new Set<string>();
  const queue = first.filter((name) => !stops(name));
  for (const name of queue) {
    if (body.has(name)) continue;
    body.add(name);
    queue.push(
      ...graph
        .outOf(name)
        .map(({ to }) => to)
        .filter((to) => !stops(to)),
    );
  }
  const closed = [...body].every((name) => graph.into(name).every(({ from }) => body.has(from) || from === node.name));
  const field = isBatches ? '' : (textAt(node.params, 'fieldToSplitOut').split(',')[0]?.trim() ?? '');
  return closed ? { body, first: new Set(first), field } : null;
}

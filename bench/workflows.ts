/** The workflows that are measured. */
import type { DefinitionInput } from '@automateos/shared/model/definition';

type Nodes = DefinitionInput['nodes'];

const hook: Nodes[number] = { id: 'hook', type: 'trigger.webhook', params: { method: 'POST', respond: 'lastNode' } };

function chainOf(name: string, node: (index: number) => Nodes[number]): DefinitionInput {
  const nodes = Array.from({ length: 10 }, (_, index) => node(index));
  const edges = nodes.map((each, index) => ({ from: nodes[index - 1]?.id ?? 'hook', to: each.id }));
  return { name, nodes: [hook, ...nodes], edges };
}

/** Ten effects in a row, each started by a commit of its own. */
export const effectChain = chainOf('effect-chain', (index) => ({
  id: `s${index}`,
  type: 'bench.noop',
  params: { value: `step ${index}` },
}));

/** n = n + 1, ten times. */
export const pureChain = chainOf('pure-chain', (index) => ({
  id: `s${index}`,
  type: 'data.set',
  params: { values: { n: index === 0 ? 1 : `{{ steps.s${index - 1}.output.n + 1 }}` } },
}));

export function forEach(
  name: string,
  body: 'pure' | 'effect',
  settings: { readonly concurrency?: number } = {},
): DefinitionInput {
  const inner: Nodes[number] =
    body === 'pure'
      ? { id: 'body', type: 'data.set', parent: 'each', params: { values: { n: '{{ item + 1 }}' } } }
      : { id: 'body', type: 'bench.noop', parent: 'each', params: { value: '{{ item }}' } };
  return {
    name,
    nodes: [
      hook,
      { id: 'each', type: 'flow.for-each', params: { items: '{{ input.items }}', ...settings } },
      inner,
      { id: 'count', type: 'data.set', params: { values: { count: '{{ steps.each.output.items.length }}' } } },
    ],
    edges: [
      { from: 'hook', to: 'each' },
      { from: 'each', to: 'count' },
    ],
  };
}

export function getFilterPost(stub: string): DefinitionInput {
  return {
    name: 'get-filter-post',
    nodes: [
      hook,
      { id: 'fetch', type: 'http.request', params: { url: `${stub}/order` } },
      { id: 'big', type: 'flow.filter', params: { condition: '{{ steps.fetch.output.body.total > 100 }}' } },
      {
        id: 'notify',
        type: 'http.request',
        params: { method: 'POST', url: `${stub}/notify`, body: '{{ steps.fetch.output.body }}' },
      },
    ],
    edges: [
      { from: 'hook', to: 'fetch' },
      { from: 'fetch', to: 'big' },
      { from: 'big', to: 'notify' },
    ],
  };
}

/** Triggers beside each other: no two webhooks of a workflow may answer to the same call. */
import { ownValue } from '../model/json.ts';
import type { PlacedNode } from './read-loosely.ts';
import type { ValidationContext } from './validation-context.ts';

export function checkTriggers({ graph, list }: ValidationContext): void {
  const webhooks = [...graph.nodes.values()].filter((node) => node.type === 'trigger.webhook' && node.disabled !== true);
  const taken = new Map<string, { readonly node: PlacedNode; readonly method: string }[]>();
  for (const node of webhooks) {
    const method = textParam(node, 'method', 'POST');
    const path = textParam(node, 'path', '').replace(/^\//, '');
    const others = taken.get(path) ?? [];
    const other = others.find((one) => one.method === method || one.method === 'ANY' || method === 'ANY');
    if (other) list.add('WEBHOOK_TAKEN', `nodes[${node.index}].params`, { id: other.node.id, method, path: `/${path}` });
    taken.set(path, [...others, { node, method }]);
  }
}

function textParam({ params }: PlacedNode, name: string, fallback: string): string {
  const value = ownValue(params, name);
  return typeof value === 'string' ? value : fallback;
}

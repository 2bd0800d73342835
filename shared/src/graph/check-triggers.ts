/**
 * Webhooks: no two of a workflow may answer to the same call, one that asks for proof needs the secret to check it with, and one that is
 * answered by a step needs that step.
 */
import { isJsonObject, ownValue } from '../model/json.ts';
import { webhookSecretField } from '../model/webhook-auth.ts';
import { type DefinitionGraph, predecessors } from './definition-graph.ts';
import type { ProblemList } from './problem-list.ts';
import { reachableFrom } from './reachability.ts';
import type { PlacedNode } from './read-loosely.ts';
import type { ValidationContext } from './validation-context.ts';

export function checkTriggers({ graph, list }: ValidationContext): void {
  const webhooks = [...graph.nodes.values()].filter((node) => node.type === 'trigger.webhook' && node.disabled !== true);
  const answered = nodesBeforeRespond(graph);
  const taken = new Map<string, { readonly node: PlacedNode; readonly method: string }[]>();
  for (const node of webhooks) {
    checkSecret(node, list);
    if (textParam(node, 'respond', '') === 'node' && !answered.has(node.id)) {
      list.add('RESPOND_MISSING', `nodes[${node.index}].params.respond`, { id: node.id }, 'lastNode');
    }
    const method = textParam(node, 'method', 'POST');
    const path = textParam(node, 'path', '').replace(/^\//, '');
    const others = taken.get(path) ?? [];
    if (others.length === 0) taken.set(path, others);
    const other = others.find((one) => one.method === method || one.method === 'ANY' || method === 'ANY');
    if (other) list.add('WEBHOOK_TAKEN', `nodes[${node.index}].params`, { id: other.node.id, method, path: `/${path}` });
    else others.push({ node, method });
  }
}

/** All from which a way leads to an answer, along edges and into loops. A node that is switched off answers nothing. */
function nodesBeforeRespond(graph: DefinitionGraph<PlacedNode>): ReadonlySet<string> {
  const responds = [...graph.nodes.values()].filter((node) => node.type === 'flow.respond' && node.disabled !== true);
  const before = (id: string): readonly string[] => {
    const parent = graph.nodes.get(id)?.parent;
    return parent === undefined ? predecessors(graph, id) : [...predecessors(graph, id), parent];
  };
  return reachableFrom(
    responds.map(({ id }) => id),
    before,
  );
}

function checkSecret({ params, index, hasCredential }: PlacedNode, list: ProblemList): void {
  const auth = ownValue(params, 'auth');
  const kind = isJsonObject(auth) ? auth.kind : undefined;
  if (!isJsonObject(auth) || hasCredential || typeof kind !== 'string' || !Object.hasOwn(webhookSecretField, kind)) return;
  const name = webhookSecretField[kind as keyof typeof webhookSecretField]; // an own key, as was just asked
  if (ownValue(auth, name) === undefined) list.add('SECRET_REQUIRED', `nodes[${index}].params.auth.${name}`, { name });
}

function textParam({ params }: PlacedNode, name: string, fallback: string): string {
  const value = ownValue(params, name);
  return typeof value === 'string' ? value : fallback;
}

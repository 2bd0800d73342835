/** Where a workflow listens, if it does. */
import type { GraphDefinition, Workflow } from '../../lib/api/workflow.ts';

export type Webhook = { readonly address: string; readonly method: string };

/** The first trigger that has an address; null for a workflow that no request starts. */
export function webhookOf(workflow: Workflow, origin: string): Webhook | null {
  const trigger = workflow.triggers?.find((each) => each.url !== undefined);
  const url = trigger?.url ?? workflow.webhookUrl;
  if (!url) return null;
  const method = workflow.definition?.nodes.find((node) => node.id === trigger?.nodeId)?.params.method;
  return { address: new URL(url, origin).href, method: typeof method === 'string' && method !== 'ANY' ? method : 'POST' };
}

/** A line for the terminal that sends the workflow one example. */
export function webhookCommand(webhook: Webhook, definition: GraphDefinition | undefined): string {
  if (webhook.method === 'GET') return `curl ${webhook.address}`;
  const body = JSON.stringify(exampleInput(definition)).replaceAll("'", "'\\''");
  return `curl -X ${webhook.method} ${webhook.address} -H 'content-type: application/json' -d '${body}'`;
}

/** An input that fits the definition's JSON Schema roughly: enough to start from. */
export function exampleInput(definition: GraphDefinition | undefined): Record<string, unknown> {
  const properties = definition?.inputs?.properties;
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return {};
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, exampleOf(schema)]));
}

function exampleOf(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return '';
  const known = schema as { default?: unknown; examples?: unknown; enum?: unknown; type?: unknown }; // a JSON Schema's own words, each checked below
  if (known.default !== undefined) return known.default;
  if (Array.isArray(known.examples) && known.examples.length > 0) return known.examples[0];
  if (Array.isArray(known.enum) && known.enum.length > 0) return known.enum[0];
  const samples: Readonly<Record<string, unknown>> = {
    integer: 1,
    number: 1,
    boolean: true,
    array: [],
    object: {},
    string: 'text',
  };
  return typeof known.type === 'string' ? (samples[known.type] ?? '') : '';
}

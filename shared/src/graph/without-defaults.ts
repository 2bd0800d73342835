/** A definition as people write it: what the schema fills in by itself is left out again. */
import { type Definition, type DefinitionNode, RetryPolicy } from '../model/definition.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';

export function withoutDefaults({ nodes, edges, settings, ...rest }: Definition): JsonObject {
  return pruned({
    ...rest,
    nodes: nodes.map(nodeWithoutDefaults),
    edges: edges.length > 0 ? edges : undefined,
    settings: Object.keys(settings).length > 0 ? settings : undefined,
  });
}

function nodeWithoutDefaults({ id, type, params, retry, ...rest }: DefinitionNode): JsonObject {
  return pruned({
    id,
    type,
    ...rest,
    params: Object.keys(params).length > 0 ? params : undefined,
    retry: retry && retryWithoutDefaults(retry),
  });
}

function retryWithoutDefaults(retry: RetryPolicy): JsonObject {
  const defaults: Readonly<Record<string, unknown>> = RetryPolicy.parse({});
  return pruned(
    Object.fromEntries(
      // maxAttempts stays: an empty `retry` would say nothing to a reader.
      Object.entries(retry).filter(
        ([key, value]) => key === 'maxAttempts' || JSON.stringify(value) !== JSON.stringify(defaults[key]),
      ),
    ),
  );
}

/** JSON has no undefined. What is left are values of a parsed definition, which is JSON. */
function pruned(object: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));
}

/** A workflow of Google Cloud Workflows as a definition of ours. Pure; the tree comes bounded in size and depth. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { FlowBuilder } from '../flow-builder.ts';
import { Unmappable } from '../rewrite-expression.ts';
import { paramOf, textOf, textValue, type Value } from '../value.ts';
import type { GoogleContext, GoogleWay } from './google-flow.ts';
import { connectWays, stepsOf } from './google-flow.ts';
import { walkSteps } from './google-steps.ts';

export function importGoogle(tree: JsonObject, build: FlowBuilder): JsonObject {
  const { main } = tree;
  if (!isJsonObject(main)) throw new Unmappable('There is no main workflow');
  const trigger = build.add({ name: 'start', type: 'trigger.manual', helper: true });
  const subs = new Map(
    Object.entries(tree).filter(
      (pair): pair is [string, JsonObject] => pair[0] !== 'main' && isJsonObject(pair[1]) && Array.isArray(pair[1].steps),
    ),
  );
  const returned: { readonly way: GoogleWay; readonly value: Value }[] = [];
  const context: GoogleContext = {
    ...{ build, parent: undefined, subs, callers: [], prefix: '', jumps: new Map(), done: new Set(), depth: 0, walk: walkSteps },
    attempt: { caught: null, retry: null },
    returns: (way, value) => returned.push({ way, value }),
  };
  const [input] = parameters(main.params);
  const vars = new Map(input === undefined ? [] : [[input, textValue('input')] as const]);
  walkSteps(context, stepsOf(main.steps), [{ from: trigger, vars }]);
  respond(context, returned);
  return { name: text(main.name) ?? text(tree.name) ?? 'Google workflow', settings: {} };
}

const text = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** `[args]`, or names with defaults: `[{limit: 10}]`. */
export function parameters(params: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(params)) return [];
  return params.flatMap((one) => (typeof one === 'string' ? [one] : isJsonObject(one) ? Object.keys(one) : []));
}

/** Each return sets the output of the execution. */
function respond(context: GoogleContext, returned: readonly { readonly way: GoogleWay; readonly value: Value }[]): void {
  const byText = new Map<string, { readonly way: GoogleWay; readonly value: Value }[]>();
  for (const one of returned) {
    const group = byText.get(textOf(one.value));
    if (group === undefined) byText.set(textOf(one.value), [one]);
    else group.push(one);
  }
  for (const group of byText.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const id = context.build.add({ name: 'return', type: 'flow.respond', params: { body: paramOf(first.value) }, helper: true });
    connectWays(
      context,
      group.map(({ way }) => way),
      id,
    );
  }
}

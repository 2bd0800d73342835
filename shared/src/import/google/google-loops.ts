/**
 * `for` as flow.for-each. A variable that each round adds to (list.concat, a sum) is put together from the results of the items; any other
 * that rounds hand to each other has no like here, and the loop is switched off.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { atom, template } from '../js-text.ts';
import { Unmappable } from '../rewrite-expression.ts';
import { paramOf, textOf, textValue, type Value } from '../value.ts';
import { googleValue, targetOf, type Vars } from './google-expression.ts';
import {
  connectWays,
  counted,
  type GoogleContext,
  type GoogleWay,
  isText,
  meetWays,
  type Step,
  stepsOf,
  withVar,
} from './google-flow.ts';

export function walkFor(
  context: GoogleContext,
  step: Step,
  ways: readonly GoogleWay[],
  loop: JsonObject,
  concurrency: number,
): readonly GoogleWay[] {
  const { build, parent, prefix } = context;
  const vars = meetWays(build, ways);
  const params = { items: itemsOf(loop, vars), concurrency };
  const id = build.add({ name: prefix + step.name, type: 'flow.for-each', params, parent });
  counted(context, step, [loop.in ?? null, loop.range ?? null]);
  connectWays(context, ways, id);
  const steps = stepsOf(loop.steps);
  const gathered = gatheredBy(steps, vars);
  const carried = [...assignedNames(loop.steps ?? [])].filter((name) => vars.has(name) && name !== gathered?.name);
  const inner = bodyContext(context, id, step);
  const start = build.add({
    name: `${prefix}${step.name} item`,
    type: 'data.transform',
    params: { expression: '{{ item }}' },
    parent: id,
    helper: true,
  });
  const seen = bodyVars(loop, vars);
  const body = gathered === null ? steps : steps.slice(0, -1);
  const ends = inner.walk(inner, body, [{ from: start, vars: seen }]);
  if (gathered !== null) addResult(inner, gathered, ends);
  if (carried.length > 0) {
    const reason = `Its rounds hand ${carried.join(', ')} to each other; the items of flow.for-each know nothing of each other. Rewrite it with the results of the items, or a script.`;
    build.report(prefix + step.name, id, 'unmapped', reason);
    build.switchOff(id);
  }
  return [{ from: id, vars: gathered === null ? vars : withVar(vars, gathered.name, allOf(gathered, vars, id)) }];
}

function itemsOf(loop: JsonObject, vars: Vars): JsonValue {
  if (loop.in !== undefined) return paramOf(googleValue(loop.in, vars));
  if (!Array.isArray(loop.range)) throw new Unmappable('the loop has neither in nor range');
  const [from = 0, to = 0] = loop.range.map((one) => atom(textOf(googleValue(one, vars))));
  return template(`Array.from({ length: Math.max(0, ${to} - ${from} + 1) }, (_, n) => ${from} + n)`);
}

function bodyVars(loop: JsonObject, vars: Vars): Vars {
  const value = isText(loop.value) ? withVar(vars, loop.value, textValue('item')) : vars;
  return isText(loop.index) ? withVar(value, loop.index, textValue('index')) : value;
}

function bodyContext(context: GoogleContext, id: string, { name }: Step): GoogleContext {
  return {
    ...context,
    ...{ parent: id, jumps: new Map(), done: new Set(), depth: context.depth + 1 },
    // an error inside an item fails the item, and with it the loop
    attempt: { caught: null, retry: context.attempt.retry },
    returns: () => {
      throw new Unmappable(`${name} returns from inside a loop`);
    },
  };
}

/** Every variable that steps assign, at any depth. */
function assignedNames(steps: JsonValue): ReadonlySet<string> {
  const names = new Set<string>();
  const queue: JsonValue[] = [steps];
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
    if (Array.isArray(value)) for (const one of value) queue.push(one);
    else if (isJsonObject(value)) {
      for (const [key, one] of Object.entries(value)) {
        if (key === 'assign' && Array.isArray(one)) {
          for (const target of one.filter(isJsonObject).flatMap((map) => Object.keys(map)))
            names.add(/^\w+/.exec(target)?.[0] ?? '');
        } else if (key === 'result' && isText(one)) names.add(one);
        else queue.push(one);
      }
    }
  }
  return names;
}

type Gathered = { readonly name: string; readonly how: 'list' | 'sum'; readonly each: string };

/** The last step adds one thing to a variable from before the loop. */
function gatheredBy(steps: readonly Step[], vars: Vars): Gathered | null {
  const last = steps.at(-1)?.body.assign;
  const [only, more] = Array.isArray(last) ? last : [];
  if (!isJsonObject(only) || more !== undefined) return null;
  const [[target, value] = []] = Object.entries(only);
  if (target === undefined || typeof value !== 'string' || !vars.has(target) || targetOf(target).keys.length > 0) return null;
  const source = value
    .trim()
    .replace(/^\$\{([\s\S]*)\}$/, '$1')
    .trim();
  const list = new RegExp(`^list\\.concat\\(\\s*${target}\\s*,([\\s\\S]*)\\)$`).exec(source)?.[1];
  const sum = new RegExp(`^${target}\\s*\\+([\\s\\S]*)$`).exec(source)?.[1];
  const each = list ?? sum;
  if (each === undefined || new RegExp(`\\b${target}\\b`).test(each)) return null;
  return { name: target, how: list === undefined ? 'sum' : 'list', each: each.trim() };
}

function addResult(context: GoogleContext, { name, each }: Gathered, ends: readonly GoogleWay[]): void {
  const value = googleValue(`\${${each}}`, meetWays(context.build, ends));
  const params = { expression: template(textOf(value)) };
  const id = context.build.add({ name: `add to ${name}`, type: 'data.transform', params, parent: context.parent, helper: true });
  connectWays(context, ends, id);
}

function allOf({ name, how }: Gathered, vars: Vars, id: string): Value {
  const before = atom(textOf(vars.get(name) ?? textValue('null')));
  const items = `steps.${id}.output.items`;
  return textValue(how === 'list' ? `[...${before}, ...${items}]` : `(${before} + sum(${items}))`);
}

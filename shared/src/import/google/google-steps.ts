/** Each kind of step as nodes of ours. */
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { stepOutput, template } from '../js-text.ts';
import { requireWays, Unmappable } from '../rewrite-expression.ts';
import { paramOf, textOf, textValue, type Value } from '../value.ts';
import { callNode, caughtError } from './google-calls.ts';
import { assignedValue, googleValue, targetOf } from './google-expression.ts';
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
import { walkFor } from './google-loops.ts';
import { callSub, walkParallel, walkTry } from './google-nested.ts';

/** Answers the ways that go on behind the last step. */
export function walkSteps(context: GoogleContext, steps: readonly Step[], start: readonly GoogleWay[]): readonly GoogleWay[] {
  let ways = start;
  for (const step of steps) {
    const arriving = [...ways, ...(context.jumps.get(step.name) ?? [])];
    context.jumps.delete(step.name);
    context.done.add(step.name);
    if (arriving.length === 0) {
      context.build.warn(`The step ${step.name} cannot be reached.`);
      ways = [];
    } else ways = follow(context, step, guarded(context, step, arriving));
  }
  return ways;
}

/** `next` of a step. */
function follow(context: GoogleContext, { name, body }: Step, ways: readonly GoogleWay[]): readonly GoogleWay[] {
  return isText(body.next) ? jump(context, name, body.next, ways) : ways;
}

export function jump(context: GoogleContext, name: string, to: string, ways: readonly GoogleWay[]): readonly GoogleWay[] {
  if (ways.length === 0) return [];
  if (to === 'end') {
    for (const way of ways) context.returns(way, textValue('null'));
    return [];
  }
  if (to === 'continue') return [];
  if (to === 'break' || context.done.has(to)) {
    const what = to === 'break' ? 'leaves its loop early' : `leads back to ${to}`;
    context.build.report(
      context.prefix + name,
      ways[0]?.from ?? null,
      'partly',
      `The way behind it ${what}, which has no like here: it ends.`,
    );
    return [];
  }
  context.jumps.set(to, [...(context.jumps.get(to) ?? []), ...ways]);
  return [];
}

/** What has no like is kept as a placeholder, and the flow goes on behind it. */
function guarded(context: GoogleContext, step: Step, ways: readonly GoogleWay[]): readonly GoogleWay[] {
  try {
    return context.build.attempt(() => walkStep(context, step, ways));
  } catch (error) {
    if (!(error instanceof Unmappable)) throw error;
    const reason = `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}`;
    if (!/^(?:It calls|There is nothing|An address)/.test(reason))
      context.build.expression(step.name, JSON.stringify(step.body), reason);
    const id = context.build.placeholder(context.prefix + step.name, reason, step.body, { parent: context.parent });
    connectWays(context, ways, id);
    return [{ from: id, vars: missingVars(step, meetWays(context.build, ways), id) }];
  }
}

/** What the placeholder would have assigned is looked for in it, so that the steps behind it are mapped. */
function missingVars({ body: { result, assign } }: Step, vars: GoogleWay['vars'], id: string): GoogleWay['vars'] {
  const targets = (Array.isArray(assign) ? assign.filter(isJsonObject) : []).flatMap((one) => Object.keys(one));
  const names = targets.map((target) => /^\w+/.exec(target)?.[0] ?? '');
  const all = new Map([...vars, ...names.map((name) => [name, textValue(`${stepOutput(id)}.${name}`)] as const)]);
  return isText(result) ? withVar(all, result, textValue(stepOutput(id))) : all;
}

function walkStep(context: GoogleContext, step: Step, ways: readonly GoogleWay[]): readonly GoogleWay[] {
  const { body } = step;
  if (context.depth > 20) throw new Unmappable('it is nested too deeply');
  if (body.assign !== undefined) return assign(context, step, ways);
  if (body.call !== undefined) return call(context, step, ways);
  if (body.switch !== undefined) return choose(context, step, ways);
  if (body.for !== undefined) return walkFor(context, step, ways, isJsonObject(body.for) ? body.for : {}, 1);
  if (body.parallel !== undefined) return walkParallel(context, step, ways);
  if (body.try !== undefined) return walkTry(context, step, ways);
  if (body.raise !== undefined) return raise(context, step, ways);
  if (body.steps !== undefined) return walkSteps({ ...context, depth: context.depth + 1 }, stepsOf(body.steps), ways);
  if (body.return !== undefined) {
    const value = googleValue(body.return, meetWays(context.build, ways));
    counted(context, step, body.return);
    for (const way of ways) context.returns(way, value);
    context.build.report(context.prefix + step.name, null, 'mapped');
    return [];
  }
  if (isText(body.next)) return ways;
  throw new Unmappable('there is no such kind of step');
}

function assign(context: GoogleContext, step: Step, ways: readonly GoogleWay[]): readonly GoogleWay[] {
  const { build, parent, prefix } = context;
  const vars = meetWays(build, ways);
  const list = Array.isArray(step.body.assign) ? step.body.assign.filter(isJsonObject) : [];
  const seen = new Map(vars);
  const changed = new Map<string, Value>();
  for (const [target, given] of list.flatMap((one) => Object.entries(one))) {
    const { name, keys } = targetOf(target);
    const value = assignedValue(seen.get(name) ?? textValue('null'), keys, googleValue(given, seen), seen);
    changed.set(name, value);
    seen.set(name, value);
  }
  const values = Object.fromEntries([...changed].map(([name, value]) => [name, paramOf(value)]));
  const id = build.add({ name: prefix + step.name, type: 'data.set', params: { values }, parent });
  counted(context, step, list);
  connectWays(context, ways, id);
  const after = [...changed.keys()].map((name) => [name, textValue(`${stepOutput(id)}.${name}`)] as const);
  return [{ from: id, vars: new Map([...vars, ...after]) }];
}

function call(context: GoogleContext, step: Step, ways: readonly GoogleWay[]): readonly GoogleWay[] {
  const { build, parent, prefix, attempt } = context;
  const { call: name, args = {}, result } = step.body;
  if (!isText(name)) throw new Unmappable('what it calls is no name');
  const vars = meetWays(build, ways);
  const given = googleValue(args, vars);
  if (context.subs.has(name)) return callSub(context, step, { ways, name, given });
  const node = callNode(name, given, context);
  const id = build.add({
    ...{
      name: prefix + step.name,
      type: node.type,
      params: node.params,
      parent,
      timeoutMs: node.timeoutMs,
      credential: node.credential,
    },
    ...(node.effect ? { retry: attempt.retry ?? { maxAttempts: 1 } } : {}),
  });
  counted(context, step, args);
  if (node.credential !== undefined) build.credential(node.credential, 'google', id);
  if (node.partly !== undefined) build.report(prefix + step.name, id, 'partly', node.partly);
  connectWays(context, ways, id);
  if (node.effect) attempt.caught?.({ from: id, port: 'error', vars }, caughtError(id));
  return [{ from: id, vars: isText(result) ? withVar(vars, result, node.result(id)) : vars }];
}

function choose(context: GoogleContext, step: Step, ways: readonly GoogleWay[]): readonly GoogleWay[] {
  const { build, parent, prefix } = context;
  const vars = meetWays(build, ways);
  const list = (Array.isArray(step.body.switch) ? step.body.switch : []).filter(isJsonObject);
  requireWays(list.length);
  const cases = list.map((one, index) => ({ name: `case${index + 1}`, when: condition(one.condition, vars) }));
  const id = build.add({ name: prefix + step.name, type: 'flow.switch', params: { cases }, parent });
  counted(
    context,
    step,
    list.map((one) => one.condition ?? null),
  );
  connectWays(context, ways, id);
  const onward = list.flatMap((one, index) => {
    const start = [{ from: id, port: cases[index]?.name, vars }];
    const { condition: _, next, ...body } = one;
    const name = `${step.name} ${index + 1}`;
    const nested = { ...context, depth: context.depth + 1 };
    const behind = Object.keys(body).length === 0 ? start : walkSteps(nested, [{ name, body }], start);
    return isText(next) ? jump(context, name, next, behind) : behind;
  });
  return [...onward, { from: id, port: 'default', vars }];
}

function condition(value: JsonValue | undefined, vars: GoogleWay['vars']): string {
  return template(textOf(googleValue(value ?? false, vars)));
}

function raise(context: GoogleContext, step: Step, ways: readonly GoogleWay[]): readonly GoogleWay[] {
  const { build, parent, prefix, attempt } = context;
  const vars = meetWays(build, ways);
  const value = googleValue(step.body.raise ?? null, vars);
  counted(context, step, step.body.raise ?? null);
  if (attempt.caught !== null) {
    for (const way of ways) attempt.caught(way, value);
    return [];
  }
  const whole = paramOf(value);
  const message =
    typeof whole === 'string'
      ? template(messageOf(value))
      : isJsonObject(whole) && isText(whole.message)
        ? whole.message
        : JSON.stringify(whole);
  const id = build.add({ name: prefix + step.name, type: 'flow.fail', params: { code: 'RAISED', message }, parent });
  connectWays(context, ways, id);
  return [];
}

/** An error that was caught is raised again by its message. */
function messageOf(value: Value): string {
  if (value.kind === 'object') return textOf(value.fields.get('message') ?? value);
  const text = textOf(value);
  return value.kind === 'literal'
    ? text
    : `(typeof ${text} === "string" ? ${text} : ${text}?.message ?? json.stringify(${text}))`;
}

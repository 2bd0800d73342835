/** Steps that hold others: subworkflows, parallel branches, try with retry and except. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { Unmappable } from '../rewrite-expression.ts';
import { fieldOf, literalValue, textOf, textValue, type Value } from '../value.ts';
import { retryPolicy } from './google-calls.ts';
import { googleValue } from './google-expression.ts';
import { connectWays, type GoogleContext, type GoogleWay, isText, meetWays, type Step, stepsOf, withVar } from './google-flow.ts';
import { walkFor } from './google-loops.ts';

const mostCallers = 5;
const mostNodes = 900;

type SubCall = { readonly ways: readonly GoogleWay[]; readonly name: string; readonly given: Value };

/** A subworkflow stands where it is called, once for each call. */
export function callSub(context: GoogleContext, step: Step, { ways, name, given }: SubCall): readonly GoogleWay[] {
  const sub = context.subs.get(name);
  const { build, callers } = context;
  if (sub === undefined || callers.includes(name) || callers.length >= mostCallers || build.count() > mostNodes) {
    throw new Unmappable(
      `It calls the subworkflow ${name.slice(0, 100)} within itself, too deeply or too often: import that as a workflow of its own.`,
    );
  }
  const params = Array.isArray(sub.params) ? sub.params : [];
  const vars = new Map(params.flatMap((param) => parameter(param, given)));
  const returned: { readonly way: GoogleWay; readonly value: Value }[] = [];
  const inner: GoogleContext = {
    ...context,
    ...{
      callers: [...callers, name],
      prefix: `${context.prefix}${step.name} `,
      jumps: new Map(),
      done: new Set(),
      depth: context.depth + 1,
    },
    returns: (way, value) => returned.push({ way, value }),
  };
  const outer = meetWays(build, ways);
  const ends = inner.walk(
    inner,
    stepsOf(sub.steps),
    ways.map((way) => ({ ...way, vars })),
  );
  for (const way of ends) returned.push({ way, value: literalValue(null) });
  return joinReturns(context, step, returned, outer);
}

function parameter(param: JsonValue, given: Value): readonly (readonly [string, Value])[] {
  if (typeof param === 'string') return [[param, fieldOf(given, param)]];
  if (!isJsonObject(param)) return [];
  const isGiven = (name: string): boolean => given.kind === 'object' && given.fields.has(name);
  return Object.entries(param).map(
    ([name, fallback]) => [name, isGiven(name) ? fieldOf(given, name) : googleValue(fallback, new Map())] as const,
  );
}

/** One value for every way that returns. */
function joinReturns(
  context: GoogleContext,
  step: Step,
  returned: readonly { readonly way: GoogleWay; readonly value: Value }[],
  vars: GoogleWay['vars'],
): readonly GoogleWay[] {
  const { result } = step.body;
  if (!isText(result)) return returned.map(({ way }) => ({ ...way, vars }));
  const texts = new Set(returned.map(({ value }) => textOf(value)));
  const [first] = returned;
  if (first !== undefined && texts.size === 1)
    return returned.map(({ way }) => ({ ...way, vars: withVar(vars, result, first.value) }));
  return returned.map(({ way, value }) => {
    const held = context.build.holder(`${context.prefix}${step.name} ${result}`, textOf(value), context.parent);
    context.build.edge(way.from, held.id, way.port);
    return { from: held.id, vars: withVar(vars, result, textValue(held.text)) };
  });
}

export function walkParallel(context: GoogleContext, step: Step, ways: readonly GoogleWay[]): readonly GoogleWay[] {
  const parallel = isJsonObject(step.body.parallel) ? step.body.parallel : {};
  const limit = typeof parallel.concurrency_limit === 'number' ? Math.min(300, Math.max(1, parallel.concurrency_limit)) : 20;
  if (isJsonObject(parallel.for)) return walkFor(context, step, ways, parallel.for, limit);
  const { build, parent, prefix } = context;
  const vars = meetWays(build, ways);
  const fork = build.add({ name: prefix + step.name, type: 'data.set', params: { values: {} }, parent });
  connectWays(context, ways, fork);
  const join = build.add({
    name: `${prefix}${step.name} join`,
    type: 'flow.merge',
    params: { mode: 'all' },
    parent,
    helper: true,
  });
  const branches = stepsOf(parallel.branches);
  const after = branches.map((branch) => walkBranch(context, branch, { from: fork, vars }, join));
  return [{ from: join, vars: sharedVars(context, step, vars, after) }];
}

function walkBranch(context: GoogleContext, branch: Step, start: GoogleWay, join: string): GoogleWay['vars'] {
  const inner: GoogleContext = {
    ...context,
    ...{ jumps: new Map(), done: new Set(), depth: context.depth + 1 },
    returns: () => {
      throw new Unmappable(`${branch.name} returns from inside a branch`);
    },
  };
  const ends = inner.walk(inner, stepsOf(branch.body.steps), [start]);
  connectWays(context, ends, join);
  return meetWays(context.build, ends);
}

/** What a branch has changed of the variables before it. */
function sharedVars(
  context: GoogleContext,
  step: Step,
  vars: GoogleWay['vars'],
  after: readonly GoogleWay['vars'][],
): GoogleWay['vars'] {
  let shared = vars;
  for (const [name, before] of vars) {
    const changed = after.flatMap((one) => one.get(name) ?? []).filter((value) => textOf(value) !== textOf(before));
    const [value] = changed;
    if (value === undefined) continue;
    shared = withVar(shared, name, value);
    if (changed.length > 1)
      context.build.warn(`Several branches of ${step.name} change ${name}: behind them it is what the first of them made of it.`);
  }
  return shared;
}

export function walkTry(context: GoogleContext, step: Step, ways: readonly GoogleWay[]): readonly GoogleWay[] {
  const { try: body, retry, except } = step.body;
  const { policy, partly } = retryPolicy(retry);
  const caught: { readonly way: GoogleWay; readonly error: Value }[] = [];
  const handler = isJsonObject(except) ? except : null;
  const inner: GoogleContext = {
    ...context,
    depth: context.depth + 1,
    attempt: {
      retry: policy ?? context.attempt.retry,
      caught: handler === null ? context.attempt.caught : (way, error) => caught.push({ way, error }),
    },
  };
  const steps =
    isJsonObject(body) && body.steps !== undefined
      ? stepsOf(body.steps)
      : [{ name: step.name, body: isJsonObject(body) ? body : {} }];
  const ends = inner.walk(inner, steps, ways);
  if (partly !== undefined) context.build.warn(`${step.name}: ${partly}`);
  if (handler === null) return ends;
  return [...ends, ...walkExcept(context, step, handler, caught)];
}

function walkExcept(
  context: GoogleContext,
  step: Step,
  handler: JsonObject,
  caught: readonly { readonly way: GoogleWay; readonly error: Value }[],
): readonly GoogleWay[] {
  if (caught.length === 0) {
    context.build.warn(`Nothing in ${step.name} can fail in a way that its except would catch here: its steps are left out.`);
    return [];
  }
  const name = isText(handler.as) ? handler.as : '';
  const ways = caught.map(({ way, error }) => (name === '' ? way : { ...way, vars: withVar(way.vars, name, error) }));
  return context.walk({ ...context, depth: context.depth + 1 }, stepsOf(handler.steps), ways);
}

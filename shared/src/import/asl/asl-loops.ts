/**
 * Finds loops among the states of a scope: a state from which a way leads back. A loop with one way in and one Choice as its only way out
 * becomes a flow.while; any other back edge is taken out, and told.
 */
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { nextStates, type Scope } from './asl-flow.ts';

export type Loop = {
  /** The first state of each round. */
  readonly head: string;
  /** The Choice that leaves it. */
  readonly exit: string;
  readonly members: ReadonlySet<string>;
};

export type BackEdge = { readonly from: string; readonly to: string };

/** Edges that lead to a state which is still open on the way from the start. */
export function backEdges({ states, startAt }: Scope): readonly BackEdge[] {
  const found: BackEdge[] = [];
  const open = new Set<string>([startAt]);
  const done = new Set<string>();
  const stack = [{ name: startAt, next: [...nextStates(states.get(startAt) ?? {})] }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const name = top.next.shift();
    if (name === undefined) {
      open.delete(top.name);
      done.add(top.name);
      stack.pop();
    } else if (open.has(name)) found.push({ from: top.name, to: name });
    else if (!done.has(name) && states.has(name)) {
      open.add(name);
      stack.push({ name, next: [...nextStates(states.get(name) ?? {})] });
    }
  }
  return found;
}

/** null where the loop has no shape that a while has. */
export function loopOf(scope: Scope, { to: head }: BackEdge, edges: readonly BackEdge[]): Loop | null {
  const backs = edges.filter((edge) => edge.to === head).map(({ from }) => from);
  const members = membersOf(scope, head, backs);
  if (edges.some((edge) => edge.to !== head && (members.has(edge.to) || members.has(edge.from)))) return null;
  const leaving = [...members].filter((name) => next(scope, name).some((one) => !members.has(one)));
  const ending = [...members].some((name) => endsHere(scope.states.get(name)));
  const [exit] = leaving;
  if (exit === undefined || leaving.length > 1 || ending || scope.states.get(exit)?.Type !== 'Choice') return null;
  const entered = [...scope.states.keys()].some(
    (name) => !members.has(name) && next(scope, name).some((one) => one !== head && members.has(one)),
  );
  return entered ? null : { head, exit, members };
}

const next = ({ states }: Scope, name: string): readonly string[] => nextStates(states.get(name) ?? {});

const endsHere = (state: JsonObject | undefined): boolean =>
  state?.End === true || state?.Type === 'Succeed' || state?.Type === 'Fail';

/** All that can reach the back edges without the head. */
function membersOf(scope: Scope, head: string, backs: readonly string[]): ReadonlySet<string> {
  const before = new Map<string, string[]>();
  for (const name of scope.states.keys()) {
    for (const one of next(scope, name)) before.set(one, [...(before.get(one) ?? []), name]);
  }
  const members = new Set([head]);
  const queue = [...backs];
  for (const name of queue) {
    if (members.has(name)) continue;
    members.add(name);
    queue.push(...(before.get(name) ?? []));
  }
  return members;
}

/** The scope without an edge: what led there ends. */
export function withoutEdge({ states, startAt }: Scope, { from, to }: BackEdge): Scope {
  const state = states.get(from);
  if (state === undefined) return { states, startAt };
  return { startAt, states: new Map([...states, [from, cut(state, to)]]) };
}

function cut(state: JsonObject, to: string): JsonObject {
  const { Next, Default, Choices, Catch, ...rest } = state;
  const lists = Object.entries({ Choices, Catch }).flatMap(([key, list]) =>
    Array.isArray(list) ? [[key, list.filter((one) => !isJsonObject(one) || one.Next !== to)] as const] : [],
  );
  return {
    ...rest,
    ...(Next === undefined ? {} : Next === to ? { End: true } : { Next }),
    ...(Default === undefined || Default === to ? {} : { Default }),
    ...Object.fromEntries(lists),
  };
}

/** Compiles array and object literals to closures. */
import type { ArrayExpression, Expression, ObjectExpression } from 'acorn';
import type { JsonValue } from '../model/json.ts';
import {
  type Compile,
  type CompileContext,
  LeaveToSandbox,
  primitive,
  type Run,
  spend,
  spendReference,
  toJson,
} from './native-frame.ts';

export function compileArray(node: ArrayExpression, context: CompileContext, compile: Compile): Run | null {
  const elements: { readonly run: Run; readonly spread: boolean }[] = [];
  for (const element of node.elements) {
    if (element === null) return null;
    const spread = element.type === 'SpreadElement';
    const run = compile(spread ? element.argument : element, context);
    if (!run) return null;
    elements.push({ run, spread });
  }
  return (frame) => {
    const result: JsonValue[] = [];
    for (const { run, spread } of elements) {
      const value = run(frame);
      if (!spread) result.push(toJson(spendReference(frame, value)));
      else if (!Array.isArray(value)) throw LeaveToSandbox;
      else for (const one of spend(frame, value.length, spendReference(frame, value))) result.push(toJson(one));
    }
    return spend(frame, elements.length, result);
  };
}

type Member = { readonly key: string | Run; readonly run: Run } | { readonly spread: Run };

export function compileObject(node: ObjectExpression, context: CompileContext, compile: Compile): Run | null {
  const members: Member[] = [];
  for (const property of node.properties) {
    const member = compileMember(property, context, compile);
    if (!member) return null;
    members.push(member);
  }
  return (frame) => {
    const entries: [string, JsonValue][] = [];
    for (const member of members) {
      if ('spread' in member) {
        const value = member.spread(frame);
        if (value === undefined || value === null) continue;
        if (typeof value !== 'object' || Array.isArray(value)) throw LeaveToSandbox;
        const own = Object.entries(spendReference(frame, value));
        for (const [key, one] of spend(frame, own.length, own)) entries.push([key, one]);
        continue;
      }
      const key = typeof member.key === 'string' ? member.key : String(primitive(member.key(frame)));
      const value = spendReference(frame, member.run(frame));
      // An undefined member must still hide an earlier one of the same name; that is rare enough for the sandbox.
      if (value !== undefined) entries.push([key, toJson(value)]);
      else if (entries.some(([name]) => name === key)) throw LeaveToSandbox;
    }
    return spend(frame, members.length, Object.fromEntries(entries));
  };
}

function compileMember(
  property: ObjectExpression['properties'][number],
  context: CompileContext,
  compile: Compile,
): Member | null {
  if (property.type === 'SpreadElement') {
    const spread = compile(property.argument, context);
    return spread && { spread };
  }
  if (property.kind !== 'init' || property.method) return null;
  const run = compile(property.value, context);
  const key = property.computed ? compile(property.key, context) : fixedKey(property.key);
  // `__proto__: x` in a literal sets the prototype instead of a member.
  return run === null || key === null || key === '__proto__' ? null : { key, run };
}

function fixedKey(key: Expression): string | null {
  if (key.type === 'Identifier') return key.name;
  return key.type === 'Literal' && (typeof key.value === 'string' || typeof key.value === 'number') ? String(key.value) : null;
}

/** Compiles a chain of data to a closure. A chain that leads nowhere gives undefined and is noted. */
import type { Expression } from 'acorn';
import { type DataChain, pathLabel, readChain, readKey, readRoot, stepId, type Value } from './data-path.ts';
import { type Compile, type CompileContext, type Frame, LeaveToSandbox, type Run } from './native-frame.ts';

/** A chain from a data root over own properties; null where a key cannot be computed natively. */
export function compilePath(node: Expression, context: CompileContext, compile: Compile): Run | null {
  const chain = readChain(node);
  if (!chain || context.isShadowed(chain.root)) return null;
  const keys: (string | Run)[] = [];
  for (const link of chain.links) {
    const key = typeof link.key === 'string' ? link.key : compile(link.key, context);
    if (key === null) return null;
    keys.push(key);
  }
  const label = pathLabel(chain, context.source);
  const quietAt = chain.links.map((link) => context.quiet === true || link.optional);
  if (chain.root === 'steps') return compileStepPath(chain, keys, quietAt, label);
  const root = chain.root;
  return (frame) => follow(readRoot(root, frame.scope), keys, quietAt, 0, label, context.quiet === true, frame);
}

/** `steps.<id>` is `{output}` for a step that has run; there is no object of all steps. */
function compileStepPath(
  chain: DataChain,
  keys: readonly (string | Run)[],
  quietAt: readonly boolean[],
  label: string,
): Run | null {
  const id = stepId(chain);
  if (id === null) return null;
  const alone = keys.length === 1;
  return (frame) => {
    const output = frame.scope.steps.get(id);
    if (alone) {
      if (output !== undefined) return { output };
      if (!quietAt[0]) frame.missing.add(label);
      return undefined;
    }
    const key = keys[1];
    if ((typeof key === 'function' ? propertyKey(key(frame)) : key) !== 'output' || output === undefined) {
      if (!quietAt[1]) frame.missing.add(label);
      return undefined;
    }
    return follow(output, keys, quietAt, 2, label, false, frame);
  };
}

function follow(
  start: Value,
  keys: readonly (string | Run)[],
  quietAt: readonly boolean[],
  from: number,
  label: string,
  quiet: boolean,
  frame: Frame,
): Value {
  let value = start;
  if (value === undefined && !quiet && !quietAt[from]) frame.missing.add(label);
  for (let at = from; at < keys.length; at += 1) {
    const key = keys[at];
    const absentBefore = value === undefined || value === null;
    value = readKey(value, typeof key === 'function' ? propertyKey(key(frame)) : (key ?? ''));
    if (value !== undefined) continue;
    // `a?.b` expects that a may be absent, and then says nothing of b and what follows.
    const expected = absentBefore ? quietAt[at] : quiet;
    if (!expected) frame.missing.add(label);
    return undefined;
  }
  return value;
}

function propertyKey(key: Value): string {
  if (typeof key === 'object' && key !== null) throw LeaveToSandbox;
  return String(key);
}

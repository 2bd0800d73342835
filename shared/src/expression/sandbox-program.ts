/**
 * Prepares an expression for the sandbox: every chain of data in it is replaced by a short name, so that only the values it refers to are
 * handed over, and so that a path means the same there as natively. Replacements keep their length, so that error positions still fit.
 */
import { compileNative } from './interpret.ts';
import type { DeclaredNames } from './name-scopes.ts';
import type { Run } from './native-frame.ts';
import type { ParsedExpression } from './parse-expression.ts';
import { walkNames } from './walk-names.ts';

export type SandboxBinding = { readonly name: string; readonly label: string; readonly run: Run };

export type SandboxProgram =
  | { readonly ok: true; readonly code: string; readonly bindings: readonly SandboxBinding[] }
  | { readonly ok: false; readonly message: string };

type Edit = { readonly start: number; readonly end: number; readonly replacement: string };

export function sandboxProgram(expression: ParsedExpression): SandboxProgram {
  const { source } = expression;
  const nextName = freeNames(source);
  const edits: Edit[] = [];
  const bindings = new Map<string, SandboxBinding>();
  let fault: string | null = null;

  const bind = (node: Parameters<typeof compileNative>[0], declared: DeclaredNames, quiet: boolean): boolean => {
    const run = compileNative(node, { source, quiet, isShadowed: (name) => declared.has(name) });
    if (!run) return false;
    const written = source.slice(node.start, node.end);
    const key = `${quiet ? '?' : ''}${written}`;
    const binding = bindings.get(key) ?? { name: nextName(), label: written.replace(/\s+/g, ''), run };
    bindings.set(key, binding);
    edits.push({ start: node.start, end: node.end, replacement: pad(binding.name, written) });
    return true;
  };

  const complete = walkNames(expression.node, {
    data(chain, declared, guarded) {
      if (chain.links.every((link) => typeof link.key === 'string') && bind(chain.node, declared, guarded)) return 'stop';
      if (chain.links.length === 0) fault = 'steps must be followed by the id of a step, as in steps.fetch.output';
      return 'parts';
    },
    callbackUrl(call, declared) {
      if (!bind(call, declared, false))
        fault = 'execution.callbackUrl takes the id of a node that is known before the expression runs';
    },
    shorthand(node) {
      edits.push({ start: node.start, end: node.start, replacement: `${node.name}:` });
    },
    name() {},
  });
  if (!complete) return { ok: false, message: 'The expression is nested too deeply' };
  if (fault !== null) return { ok: false, message: fault };
  return { ok: true, code: applyEdits(source, edits), bindings: [...bindings.values()] };
}

/** Short names (never longer than the shortest data root) that the expression does not use itself. */
function freeNames(source: string): () => string {
  const used = new Set(source.match(/\$[0-9a-z]+/g));
  let number = 0;
  return () => {
    for (;;) {
      const name = `$${number.toString(36)}`;
      number += 1;
      if (!used.has(name)) return name;
    }
  };
}

function pad(name: string, written: string): string {
  return name + written.slice(name.length).replace(/[^\n]/g, ' ');
}

function applyEdits(source: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((left, right) => left.start - right.start || left.end - right.end);
  let code = '';
  let at = 0;
  for (const edit of sorted) {
    code += source.slice(at, edit.start) + edit.replacement;
    at = edit.end;
  }
  return code + source.slice(at);
}

/**
 * What is looked up when a file is loaded or runs: imports that are not types, dynamic ones, `import.meta.resolve`, `createRequire`, and files
 * named by `new URL('./x.ts', import.meta.url)` (workers). Only what stands there as a literal.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { type Import, projectFile } from './read-imports.ts';

type Node = { readonly type: string };
type Call = { readonly callee: Node; readonly arguments: readonly Node[] };

export function readRuntimeImports(root: string, file: string): readonly Import[] {
  const parsed = parseSync(file, readFileSync(join(root, file), 'utf8'));
  if (parsed.errors.length > 0) throw new Error(`${file} cannot be parsed: ${parsed.errors[0]?.message}`);
  const specifiers = new Set<string>();
  const note = (node: Node | null | undefined): void => {
    const text = textOf(node);
    if (text !== null) specifiers.add(text);
  };
  const noteFile = (node: Node | undefined): void => {
    if (textOf(node)?.startsWith('.')) note(node);
  };
  new Visitor({
    ImportDeclaration: (node) => (node.importKind === 'type' ? undefined : note(node.source)),
    ExportAllDeclaration: (node) => (node.exportKind === 'type' ? undefined : note(node.source)),
    ExportNamedDeclaration: (node) => (node.exportKind === 'type' ? undefined : note(node.source)),
    ImportExpression: (node) => note(node.source),
    CallExpression: (node) => (looksUp(node) ? note(node.arguments[0]) : undefined),
    NewExpression: (node) =>
      isNamed(node.callee, 'URL') && node.arguments.length === 2 ? noteFile(node.arguments[0]) : undefined,
  }).visit(parsed.program);
  return [...specifiers].map((specifier) => ({ specifier, file: projectFile(file, specifier) }));
}

function textOf(node: Node | null | undefined): string | null {
  return node?.type === 'Literal' && 'value' in node && typeof node.value === 'string' ? node.value : null;
}

/** `require('x')`, `createRequire(...)('x')`, `import.meta.resolve('x')`, `require.resolve('x')`, `createRequire(...).resolve('x')`. */
function looksUp({ callee }: Call): boolean {
  if (isRequire(callee)) return true;
  if (callee.type !== 'MemberExpression' || !('property' in callee) || !('object' in callee)) return false;
  if (!isNamed(callee.property, 'resolve')) return false;
  return isNode(callee.object) && (callee.object.type === 'MetaProperty' || isRequire(callee.object));
}

function isRequire(node: Node): boolean {
  return (
    isNamed(node, 'require') || (node.type === 'CallExpression' && 'callee' in node && isNamed(node.callee, 'createRequire'))
  );
}

function isNamed(node: unknown, name: string): boolean {
  return isNode(node) && node.type === 'Identifier' && 'name' in node && node.name === name;
}

function isNode(node: unknown): node is Node {
  return typeof node === 'object' && node !== null && 'type' in node && typeof node.type === 'string';
}

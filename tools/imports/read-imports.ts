/** What a file imports: static, re-exported, dynamic with a literal, and in types (`import('x').T`); type-only ones included. */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

export type Import = {
  /** Path from the root for a file of the project, else null. */
  readonly file: string | null;
  readonly specifier: string;
};

export function readImports(root: string, file: string): readonly Import[] {
  const parsed = parseSync(file, readFileSync(join(root, file), 'utf8'));
  if (parsed.errors.length > 0) throw new Error(`${file} cannot be parsed: ${parsed.errors[0]?.message}`);
  const specifiers = new Set<string>();
  for (const one of parsed.module.staticImports) specifiers.add(one.moduleRequest.value);
  for (const one of parsed.module.staticExports) {
    for (const entry of one.entries) if (entry.moduleRequest !== null) specifiers.add(entry.moduleRequest.value);
  }
  const note = (source: { readonly type: string; readonly value?: unknown }): void => {
    if (source.type === 'Literal' && typeof source.value === 'string') specifiers.add(source.value);
  };
  new Visitor({
    ImportExpression: (node) => note(node.source),
    TSImportType: (node) => note(node.source),
  }).visit(parsed.program);
  return [...specifiers].map((specifier) => ({ specifier, file: projectFile(file, specifier) }));
}

/** The workspaces export every source file by its path (`"./*": "./src/*.ts"`). */
export function projectFile(from: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier));
  const workspace = /^@automateos\/(shared|functions)\/(.+)$/.exec(specifier);
  return workspace === null ? null : `${workspace[1]}/src/${workspace[2]}.ts`;
}

/**
 * The shell blocks of a Markdown page that a test runs: those that stand right below `<!-- test -->`, or below
 * `<!-- test: prints "text" -->`, whose output must then hold that text.
 */
export type Block = { readonly line: number; readonly script: string; readonly prints: string | null };

const marked = /<!-- test(?:: prints "([^"]*)")? -->\n```bash\n([\s\S]*?)\n```/g;

export function readBlocks(page: string): readonly Block[] {
  return [...page.matchAll(marked)].map((match) => ({
    line: page.slice(0, match.index).split('\n').length + 2,
    script: match[2] ?? '',
    prints: match[1] ?? null,
  }));
}

/** One script, because later blocks use what earlier ones set; each block's output starts after its own mark. */
export function joinBlocks(blocks: readonly Block[]): string {
  return ['set -euo pipefail', ...blocks.flatMap((block) => [`printf '\\n${markOf(block)}\\n'`, block.script])].join('\n');
}

export function outputOf(block: Block, output: string): string {
  return output.split(`\n${markOf(block)}\n`)[1]?.split('\n@@')[0] ?? '';
}

function markOf(block: Block): string {
  return `@@ line ${block.line}`;
}

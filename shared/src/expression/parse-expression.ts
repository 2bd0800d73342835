/**
 * Parses one JavaScript expression that stands somewhere inside a text. Nothing is run: acorn gives the syntax tree, from which the
 * native interpreter, the sandbox and the validation of definitions all work. Strict mode, no statements, bounded length and nesting.
 */
import { type Expression, parseExpressionAt } from 'acorn';

export const expressionLimits = {
  /** Characters of one expression. */
  length: 32_768,
  /** Levels of its syntax tree, so that neither parser nor interpreter can run out of stack. */
  nesting: 400,
  /** Expressions in one text: parsing each costs time in proportion to the whole text. */
  perText: 1_000,
} as const;

/** Where an expression does not parse; `offset` counts from the start of the text, line and column from 1. */
export type SyntaxProblem = {
  readonly message: string;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
};

export type ParsedExpression = {
  /** The expression's own text. */
  readonly source: string;
  /** Where `source` begins in the text that `node` positions count in. */
  readonly base: number;
  readonly node: Expression;
};

export type ParseResult =
  | { readonly ok: true; readonly expression: ParsedExpression; readonly end: number }
  | { readonly ok: false; readonly problem: SyntaxProblem };

/** Parses the longest expression that begins at or after `offset`; what follows it is the caller's business. */
export function parseExpression(text: string, offset: number): ParseResult {
  try {
    const node = parseExpressionAt(text, offset, {
      ecmaVersion: 2023,
      sourceType: 'module',
      allowAwaitOutsideFunction: false,
      preserveParens: true,
    });
    if (node.end - node.start > expressionLimits.length) {
      return refuse(text, node.start, `The expression is longer than ${expressionLimits.length} characters`);
    }
    return { ok: true, expression: { source: text.slice(node.start, node.end), base: node.start, node }, end: node.end };
  } catch (error) {
    if (error instanceof SyntaxError) return refuse(text, errorOffset(error, offset), error.message.replace(/ \(\d+:\d+\)$/, ''));
    // The parser recurses; a text that exhausts its stack is hostile or a mistake, never a reason to fail the host.
    if (error instanceof RangeError) return refuse(text, offset, 'The expression is nested too deeply');
    throw error;
  }
}

export function refuse(text: string, offset: number, message: string): { readonly ok: false; readonly problem: SyntaxProblem } {
  return { ok: false, problem: { message, ...position(text, offset) } };
}

/** Line and column (from 1) of an offset. */
export function position(text: string, offset: number): { offset: number; line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { offset, line, column: offset - before.lastIndexOf('\n') };
}

function errorOffset(error: SyntaxError, fallback: number): number {
  return 'pos' in error && typeof error.pos === 'number' ? error.pos : fallback;
}

/**
 * Parses one JavaScript expression that stands somewhere inside a text. Nothing is run: acorn gives the syntax tree, from which the
 * native interpreter, the sandbox and the validation of definitions all work. Strict mode, no statements; length and nesting are bounded
 * before they cost anything, so that the work is in proportion to the expression, wherever in a text it stands.
 */
import { type Expression, parseExpressionAt } from 'acorn';
import { createNestingGuard, NestedTooDeeply } from './nesting-guard.ts';

export const expressionLimits = {
  /** Characters of one expression. */
  length: 32_768,
  /** Levels of its syntax tree, so that neither parser nor interpreter can run out of stack. */
  nesting: 400,
  /** Brackets in brackets, and operators that wait for their right side, while it is parsed. */
  open: 200,
  /** Expressions in one text. */
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
  /** The expression's own text: positions of `node` count in it. */
  readonly source: string;
  /** Where `source` begins in the text that it was found in. */
  readonly base: number;
  readonly node: Expression;
};

/** `read`: characters that the parser looked at. */
export type ParseResult =
  | { readonly ok: true; readonly expression: ParsedExpression; readonly end: number; readonly read: number }
  | Refusal;

type Refusal = { readonly ok: false; readonly problem: SyntaxProblem; readonly read: number };

/** Parses the longest expression that begins at `offset`, which is no blank; what follows it is the caller's business. */
export function parseExpression(text: string, offset: number): ParseResult {
  // The parser counts the lines before where it begins, and reads on to the end of a text that is not closed.
  const part = text.slice(offset, offset + expressionLimits.length + 1);
  const isCut = offset + part.length < text.length;
  try {
    const node = parseExpressionAt(part, 0, {
      ecmaVersion: 2023,
      sourceType: 'module',
      allowAwaitOutsideFunction: false,
      preserveParens: true,
      onToken: createNestingGuard(expressionLimits.open),
    });
    if (node.end > expressionLimits.length) return refuse(text, offset, tooLong, node.end);
    return {
      ok: true,
      expression: { source: part.slice(0, node.end), base: offset, node },
      end: offset + node.end,
      read: node.end,
    };
  } catch (error) {
    if (error instanceof NestedTooDeeply) return refuse(text, offset, 'The expression is nested too deeply', part.length);
    if (error instanceof SyntaxError) {
      const { pos, raisedAt } = placeOf(error);
      if (isCut && raisedAt >= part.length) return refuse(text, offset, tooLong, part.length);
      return refuse(text, offset + pos, error.message.replace(/ \(\d+:\d+\)$/, ''), raisedAt);
    }
    // The parser recurses; a text that exhausts its stack is hostile or a mistake, never a reason to fail the host.
    if (error instanceof RangeError) return refuse(text, offset, 'The expression is nested too deeply', part.length);
    throw error;
  }
}

const tooLong = `The expression is longer than ${expressionLimits.length} characters`;

export function refuse(text: string, offset: number, message: string, read = 0): Refusal {
  return { ok: false, problem: { message, ...position(text, offset) }, read };
}

/** Line and column (from 1) of an offset. */
export function position(text: string, offset: number): { offset: number; line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < offset; end = text.indexOf('\n', start)) {
    line += 1;
    start = end + 1;
  }
  return { offset, line, column: offset - start + 1 };
}

/** acorn tells where the fault begins (`pos`) and how far it had read (`raisedAt`). */
function placeOf(error: SyntaxError): { readonly pos: number; readonly raisedAt: number } {
  const pos = 'pos' in error && typeof error.pos === 'number' ? error.pos : 0;
  return { pos, raisedAt: 'raisedAt' in error && typeof error.raisedAt === 'number' ? error.raisedAt : pos };
}

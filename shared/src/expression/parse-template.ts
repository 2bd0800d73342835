/**
 * Splits a text into literal parts and `{{ expression }}` parts. A text that is exactly one expression keeps that expression's type; any
 * other is a string template. `\{{` stands for a literal `{{`. Where an expression ends is decided by the JavaScript parser, so braces
 * and quotes inside it need no care.
 */
import { expressionLimits, type ParsedExpression, parseExpression, refuse, type SyntaxProblem } from './parse-expression.ts';

export type TemplatePart = string | ParsedExpression;

export type Template = TemplateText & {
  /** What it took to parse it, in characters; every expression counts `expressionCost` on top. */
  readonly read: number;
};

type TemplateText =
  /** No expression in it; `text` has its escapes resolved. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'single'; readonly expression: ParsedExpression }
  | { readonly kind: 'mixed'; readonly parts: readonly TemplatePart[] }
  | { readonly kind: 'invalid'; readonly problem: SyntaxProblem };

/** What beginning an expression costs, as characters of one. */
const expressionCost = 16;

/** Stops, as invalid, where more than `mayRead` was read. */
export function parseTemplate(text: string, mayRead: number = Number.POSITIVE_INFINITY): Template {
  const parts: TemplatePart[] = [];
  let read = 0;
  let literal = '';
  let from = 0;
  let expressions = 0;
  for (;;) {
    const open = text.indexOf('{{', from);
    if (open < 0) break;
    const slashes = /\\*$/.exec(text.slice(Math.max(from, open - 2), open))?.[0].length ?? 0;
    if (slashes > 0) literal += text.slice(from, open - slashes) + '\\'.repeat(Math.floor(slashes / 2));
    else literal += text.slice(from, open);
    if (slashes === 1) {
      literal += '{{';
      from = open + 2;
      continue;
    }
    expressions += 1;
    const { perText } = expressionLimits;
    const expression =
      expressions > perText ? refuse(text, open, `One text may hold ${perText} expressions`) : expressionAt(text, open);
    read += expression.read + expressionCost;
    if (!expression.ok) return { kind: 'invalid', problem: expression.problem, read };
    if (read > mayRead) return { kind: 'invalid', problem: refuse(text, open, 'There are too many expressions').problem, read };
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(expression.expression);
    from = expression.end;
  }
  literal += text.slice(from);
  return { ...assemble(parts, literal), read };
}

function assemble(parts: TemplatePart[], rest: string): TemplateText {
  const [first] = parts;
  if (first === undefined) return { kind: 'text', text: rest };
  // YAML block scalars end in a line break that nobody meant as text.
  if (parts.length === 1 && typeof first !== 'string' && /^\n*$/.test(rest)) return { kind: 'single', expression: first };
  return { kind: 'mixed', parts: rest === '' ? parts : [...parts, rest] };
}

const blanks = /(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*)*/y;

function expressionAt(text: string, open: number) {
  blanks.lastIndex = open + 2;
  blanks.exec(text);
  const start = blanks.lastIndex;
  if (text.startsWith('}}', start)) return refuse(text, start, 'There is no expression between {{ and }}');
  if (start >= text.length) return refuse(text, open, 'This {{ is not closed by }}. Write \\{{ for literal braces');
  const parsed = parseExpression(text, start);
  if (!parsed.ok) return parsed;
  blanks.lastIndex = parsed.end;
  blanks.exec(text);
  const close = blanks.lastIndex;
  if (text.startsWith('}}', close)) return { ...parsed, end: close + 2 };
  if (close >= text.length) return refuse(text, open, 'This {{ is not closed by }}');
  return refuse(text, close, 'Expected }} after the expression');
}

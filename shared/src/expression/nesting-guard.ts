/**
 * Stops the JavaScript parser before it recurses too deeply: deep stacks cost time long before they overflow. Counts, token by token, what the
 * parser holds open: brackets, and within them the operators whose right side is parsed by recursion (`a => b => c`, `a = b = c`, `!!a`).
 */
import { type Token, type TokenType, tokTypes as t } from 'acorn';

/** Thrown as one for all: an error looks at the stack as it is made, which is deep where this is thrown, and there may be many. */
export class NestedTooDeeply extends Error {}
export const nestedTooDeeply = new NestedTooDeeply('nested too deeply');

const opening = new Set([t.parenL, t.bracketL, t.braceL, t.dollarBraceL]);
const closing = new Set([t.parenR, t.bracketR, t.braceR]);
const recursing = new Set([t.eq, t.assign, t.arrow, t.question, t.colon, t.starstar, t._new, t._if, t._do, t._for, t._while]);
const prefixes = new Set([t.prefix, t.plusMin, t.incDec, t._typeof, t._void, t._delete]);
/** What a value may end in. */
const ending = new Set([
  ...[...closing, t.num, t.regexp, t.string, t.name, t.privateId, t.backQuote, t.incDec],
  ...[t._this, t._super, t._null, t._true, t._false],
]);
const values = new Set([t.name, t.num, t.string]);

/** Behind the end of a value: no operator stands between, so that a statement ends there. */
const startsAnew = (type: TokenType): boolean =>
  values.has(type) || (type.keyword !== undefined && type !== t._in && type !== t._instanceof);

/** For acorn's `onToken`. Throws nestedTooDeeply. */
export function createNestingGuard(deepest: number): (token: Token) => void {
  /** Operators that wait for the end of their right side, by bracket. */
  const waiting = [0];
  let depth = 0;
  let afterValue = false;
  const release = (): void => {
    depth -= waiting.pop() ?? 0;
  };
  return ({ type }) => {
    if (closing.has(type)) {
      release();
      depth -= 1;
      if (waiting.length === 0) waiting.push(0); // closes more than was opened: the parser says so
    } else if (type === t.comma || type === t.semi || (afterValue && startsAnew(type))) {
      release();
      waiting.push(0);
    }
    if (opening.has(type)) {
      waiting.push(0);
      depth += 1;
    } else if (recursing.has(type) || (prefixes.has(type) && !afterValue)) {
      waiting.push((waiting.pop() ?? 0) + 1);
      depth += 1;
    }
    if (depth > deepest) throw nestedTooDeeply;
    afterValue = ending.has(type);
  };
}

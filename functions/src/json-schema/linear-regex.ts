/**
 * Regular expressions of user-given schemas, on RE2: time linear in the text, so no pattern can stall the process. What RE2 cannot do
 * (look-around, back-references) is refused when the schema is compiled.
 */
import { RE2JS } from 're2js';

const maxPatternLength = 1_000;

export type LinearRegex = { readonly test: (text: string) => boolean };

/** Throws SyntaxError with a message for the author of the schema. */
export function linearRegex(pattern: string): LinearRegex {
  if (pattern.length > maxPatternLength) throw new SyntaxError(`a pattern is longer than ${maxPatternLength} characters`);
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
    return { test: (text) => compiled.matcher(text).find() };
  } catch (cause) {
    const shown = JSON.stringify(pattern.slice(0, 80));
    throw new SyntaxError(`the pattern ${shown} is not supported: look-around, back-references and very large repeats are not`, {
      cause,
    });
  }
}

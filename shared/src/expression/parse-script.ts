/** Checks that the JavaScript of a script node is the body of an async function, before anything is started for it. */
import { parse } from 'acorn';
import { createNestingGuard, NestedTooDeeply } from './nesting-guard.ts';
import { position, type SyntaxProblem } from './parse-expression.ts';

/** Of brackets in brackets: nobody writes half as many, and the parser recurses. */
const deepestScript = 500;

export function scriptSyntaxProblem(code: string): SyntaxProblem | null {
  try {
    parse(code, {
      ecmaVersion: 2023,
      sourceType: 'module',
      allowReturnOutsideFunction: true,
      allowImportExportEverywhere: false,
      onToken: createNestingGuard(deepestScript),
    });
    return null;
  } catch (error) {
    if (error instanceof SyntaxError) {
      const offset = 'pos' in error && typeof error.pos === 'number' ? error.pos : 0;
      return { message: error.message.replace(/ \(\d+:\d+\)$/, ''), ...position(code, offset) };
    }
    if (error instanceof RangeError || error instanceof NestedTooDeeply) {
      return { message: 'The script is nested too deeply', ...position(code, 0) };
    }
    throw error;
  }
}

/** An expression ready to run: natively where it can be, else as a program for the sandbox. */
import { compileNative } from './interpret.ts';
import type { Run } from './native-frame.ts';
import type { ParsedExpression } from './parse-expression.ts';
import { type SandboxProgram, sandboxProgram } from './sandbox-program.ts';

export type CompiledExpression = {
  readonly source: string;
  /** null: always the sandbox's. */
  readonly native: Run | null;
  readonly program: SandboxProgram;
};

export function compileExpression(expression: ParsedExpression): CompiledExpression {
  // Made first: it is what refuses an expression that is nested too deeply for the interpreter, too.
  const program = sandboxProgram(expression);
  const native = program.ok ? compileNative(expression.node, { source: expression.source, isShadowed: () => false }) : null;
  return { source: expression.source, native, program };
}

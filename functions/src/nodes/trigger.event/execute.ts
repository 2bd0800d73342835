import type { Evaluate } from '@automateos/shared/ports/node-runtime';

/** The trigger's output is what started the execution. */
export const evaluate: Evaluate = ({ input }) => ({ output: input });

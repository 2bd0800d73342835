import type { Evaluate } from '@automateos/shared/ports/node-runtime';

export const evaluate: Evaluate = ({ params }) => ({ output: params.expression ?? null });

import type { Evaluate } from '@automateos/shared/ports/node-runtime';

export const evaluate: Evaluate = ({ params }) => {
  const passed = Boolean(params.condition);
  return passed ? { output: { passed } } : { output: { passed }, port: null };
};

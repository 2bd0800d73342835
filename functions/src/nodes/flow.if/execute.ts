import type { Evaluate } from '@automateos/shared/ports/node-runtime';

export const evaluate: Evaluate = ({ params }) => {
  const branch = params.condition ? 'true' : 'false';
  return { output: { branch }, port: branch };
};

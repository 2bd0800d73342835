import { isJsonObject } from '@automateos/shared/model/json';
import type { Evaluate } from '@automateos/shared/ports/node-runtime';

export const evaluate: Evaluate = ({ params }) => {
  const cases = Array.isArray(params.cases) ? params.cases.filter(isJsonObject) : [];
  const name = cases.find((one) => one.when)?.name;
  const branch = typeof name === 'string' ? name : 'default';
  return { output: { branch }, port: branch };
};

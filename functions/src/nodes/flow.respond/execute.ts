import { isJsonObject } from '@automateos/shared/model/json';
import type { Evaluate } from '@automateos/shared/ports/node-runtime';

export const evaluate: Evaluate = ({ params }) => {
  const body = params.body ?? null;
  const status = typeof params.status === 'number' ? params.status : 200;
  const given = isJsonObject(params.headers) ? Object.entries(params.headers) : [];
  const headers = Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), String(value)]));
  return { output: body, response: { status, headers, body } };
};

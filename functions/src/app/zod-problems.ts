/** zod's issues as problems: a path as people write it (`nodes[2].params.url`), a stable code, a message. */
import { valueAt } from '@automateos/shared/graph/problem-path';
import type { Problem } from '@automateos/shared/model/problem';
import type { z } from 'zod';

/** More would help nobody and could be made large from outside. */
const problemLimit = 100;

/** With the value that was parsed, what is missing is told as that. */
export function zodProblems(error: z.ZodError, root = '', value?: unknown): readonly Problem[] {
  return error.issues.slice(0, problemLimit).flatMap((issue): readonly Problem[] => {
    const path = pathText(issue.path, root);
    if (isMissing(issue, value)) return [{ path, code: 'REQUIRED', message: `${String(issue.path.at(-1))} is missing.` }];
    if (issue.code !== 'unrecognized_keys') return [{ path, code: codeOf(issue.code), message: issue.message }];
    return issue.keys.slice(0, problemLimit).map((key) => ({
      path: pathText([...issue.path, key], root),
      code: 'UNKNOWN_FIELD',
      message: `There is no field ${JSON.stringify(key.slice(0, 64))} here.`,
    }));
  });
}

function isMissing(issue: z.core.$ZodIssue, value: unknown): boolean {
  const expected = issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'custom';
  return expected && issue.path.length > 0 && value !== undefined && valueAt(value, issue.path) === undefined;
}

function codeOf(code: string): string {
  return code === 'invalid_type' ? 'INVALID_TYPE' : code === 'custom' ? 'INVALID_VALUE' : code.toUpperCase();
}

function pathText(path: readonly PropertyKey[], root: string): string {
  let text = root;
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key).slice(0, 64) : `.${String(key).slice(0, 64)}`;
  }
  return text.slice(0, 512);
}

/** The door of every definition: shape, graph, node types, expressions and limits; all problems at once. */
import { AppError } from '@automateos/shared/model/app-error';
import { Definition } from '@automateos/shared/model/definition';
import type { JsonValue } from '@automateos/shared/model/json';
import type { Problem } from '@automateos/shared/model/problem';
import type { App } from '../app-context.ts';
import { zodProblems } from '../zod-problems.ts';

export type CheckedDefinition =
  | { readonly ok: true; readonly definition: Definition; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function checkDefinition(_app: App, candidate: JsonValue): CheckedDefinition {
  const parsed = Definition.safeParse(candidate);
  if (!parsed.success) return { ok: false, problems: zodProblems(parsed.error) };
  return { ok: true, definition: parsed.data, problems: [] };
}

export function requireDefinition(app: App, candidate: JsonValue): Definition {
  const checked = checkDefinition(app, candidate);
  if (checked.ok) return checked.definition;
  throw new AppError('INVALID_DEFINITION', { count: checked.problems.length }, { problems: checked.problems });
}

/** The door of every definition: shape, graph, node types, expressions, limits and credentials; all problems at once. */
import { validateDefinition } from '@automateos/shared/graph/validate-definition';
import { AppError } from '@automateos/shared/model/app-error';
import type { Definition } from '@automateos/shared/model/definition';
import type { JsonValue } from '@automateos/shared/model/json';
import type { Problem } from '@automateos/shared/model/problem';
import type { App } from '../app-context.ts';
import { credentialProblems } from '../credentials/check-credentials.ts';
import { manifestsOf } from '../manifests-of.ts';

/** `definition` is null when it cannot run; of a draft, when it has not even the shape of one. */
export type CheckedDefinition = { readonly definition: Definition | null; readonly problems: readonly Problem[] };

export async function checkDefinition(
  app: App,
  org: string,
  candidate: JsonValue,
  options: { readonly draft?: boolean } = {},
): Promise<CheckedDefinition> {
  const manifests = manifestsOf(app.nodeTypes);
  const { definition, problems } = validateDefinition(candidate, manifests, options);
  if (definition === null) return { definition, problems };
  return { definition, problems: [...problems, ...(await credentialProblems(app, org, definition, manifests))] };
}

/** Throws INVALID_DEFINITION with every problem. */
export async function requireDefinition(app: App, org: string, candidate: JsonValue): Promise<Definition> {
  return required(await checkDefinition(app, org, candidate));
}

/** Of a file from elsewhere, whose credentials may still have to be made: they are asked for when it goes live. */
export function requireForeignDefinition(app: App, candidate: JsonValue): Definition {
  return required(validateDefinition(candidate, manifestsOf(app.nodeTypes)));
}

function required({ definition, problems }: CheckedDefinition): Definition {
  if (definition !== null && problems.length === 0) return definition;
  throw new AppError('INVALID_DEFINITION', { count: problems.length }, { problems });
}

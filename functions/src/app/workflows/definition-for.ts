/** Definitions that somebody sends to be checked or saved: whether they may comes before what is wrong with them. */
import type { Definition } from '@automateos/shared/model/definition';
import type { JsonValue } from '@automateos/shared/model/json';
import type { Principal } from '@automateos/shared/model/principal';
import type { Problem } from '@automateos/shared/model/problem';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { checkDefinition, requireDefinition, requireForeignDefinition } from './check-definition.ts';

export type Verdict = { readonly valid: boolean; readonly problems: readonly Problem[] };

/** Every problem at once; nothing is stored. */
export async function judgeDefinition(app: App, principal: Principal, tree: JsonValue): Promise<Verdict> {
  requirePermission(principal, 'workflows.read');
  const { definition, problems } = await checkDefinition(app, principal.org, tree);
  return { valid: definition !== null && problems.length === 0, problems };
}

/** Throws INVALID_DEFINITION. */
export async function definitionToSave(app: App, principal: Principal, tree: JsonValue): Promise<Definition> {
  requirePermission(principal, 'workflows.write');
  return requireDefinition(app, principal.org, tree);
}

/** From a file: credentials that it names need not be there yet. Throws INVALID_DEFINITION. */
export function definitionToImport(app: App, principal: Principal, tree: JsonValue): Definition {
  requirePermission(principal, 'workflows.write');
  return requireForeignDefinition(app, tree);
}

/** The door of every definition: shape, graph, node types, expressions and limits; all problems at once. */
import { validateDefinition } from '@automateos/shared/graph/validate-definition';
import { AppError } from '@automateos/shared/model/app-error';
import type { Definition } from '@automateos/shared/model/definition';
import type { JsonValue } from '@automateos/shared/model/json';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import type { Problem } from '@automateos/shared/model/problem';
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';
import type { App } from '../app-context.ts';

/** `definition` is null when it cannot run; of a draft, when it has not even the shape of one. */
export type CheckedDefinition = { readonly definition: Definition | null; readonly problems: readonly Problem[] };

export function checkDefinition(app: App, candidate: JsonValue, options: { readonly draft?: boolean } = {}): CheckedDefinition {
  return validateDefinition(candidate, manifestsOf(app.nodeTypes), options);
}

/** Throws INVALID_DEFINITION with every problem. */
export function requireDefinition(app: App, candidate: JsonValue): Definition {
  const { definition, problems } = checkDefinition(app, candidate);
  if (definition !== null && problems.length === 0) return definition;
  throw new AppError('INVALID_DEFINITION', { count: problems.length }, { problems });
}

/** Node types are fixed for the life of a process. */
const known = new WeakMap<NodeTypes, ReadonlyMap<string, NodeManifest>>();

export function manifestsOf(nodeTypes: NodeTypes): ReadonlyMap<string, NodeManifest> {
  const manifests = known.get(nodeTypes) ?? new Map([...nodeTypes].map(([type, node]) => [type, node.manifest]));
  known.set(nodeTypes, manifests);
  return manifests;
}

/** The kinds of credentials that this installation knows: the built-in ones and those that its node types declare. */
import { builtInCredentialTypes } from '@automateos/shared/model/built-in-credential-types';
import type { CredentialType } from '@automateos/shared/model/credential-type';
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';

/** Node types are fixed for the life of a process. */
const known = new WeakMap<NodeTypes, ReadonlyMap<string, CredentialType>>();

/** By kind. A built-in kind cannot be redeclared: what is known to be safe about it would no longer hold. */
export function credentialTypesOf(nodeTypes: NodeTypes): ReadonlyMap<string, CredentialType> {
  const found = known.get(nodeTypes);
  if (found !== undefined) return found;
  const declared = [...nodeTypes.values()].flatMap(({ manifest }) => manifest.credentialTypes ?? []);
  const types = new Map([...declared, ...builtInCredentialTypes].map((type) => [type.kind, type]));
  known.set(nodeTypes, types);
  return types;
}

/** Every kind that a credential may be of, sorted: the declared ones, and those that a node type only names. */
export function credentialKindsOf(nodeTypes: NodeTypes): readonly string[] {
  const named = [...nodeTypes.values()].flatMap(({ manifest }) => manifest.credentialKinds ?? []);
  return [...new Set([...credentialTypesOf(nodeTypes).keys(), ...named])].toSorted();
}

/**
 * What only the organization knows of a definition: whether the credentials that its nodes name are there, and of a kind that the node
 * takes. Told when it is saved or goes live; a step of a version saved before finds out by itself.
 */
import { wordProblem } from '@automateos/shared/graph/problem-list';
import type { Definition } from '@automateos/shared/model/definition';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import type { Problem } from '@automateos/shared/model/problem';
import type { App } from '../app-context.ts';
import { findCredential } from './open-credential.ts';

export async function credentialProblems(
  app: App,
  org: string,
  { nodes }: Pick<Definition, 'nodes'>,
  manifests: ReadonlyMap<string, NodeManifest>,
): Promise<readonly Problem[]> {
  const names = new Set(nodes.flatMap(({ credential }) => credential ?? []));
  const kinds = new Map<string, string | null>();
  for (const name of names) kinds.set(name, (await findCredential(app, org, name))?.kind ?? null);
  return nodes.flatMap((node, index) => {
    const { credential, type } = node;
    const manifest = manifests.get(type);
    if (credential === undefined || manifest === undefined || node.disabled === true) return [];
    const path = `nodes[${index}].credential`;
    const taken = manifest.credentialKinds ?? [];
    if (taken.length === 0) return [wordProblem('CREDENTIAL_NOT_TAKEN', path, { type })];
    const kind = kinds.get(credential) ?? null;
    if (kind === null) return [wordProblem('CREDENTIAL_UNKNOWN', path, { name: credential })];
    return taken.includes(kind)
      ? []
      : [wordProblem('CREDENTIAL_KIND', path, { name: credential, kind, type, kinds: taken.join(', ') })];
  });
}

/** Which workflows refer to a credential, in the version that is newest or live: what would fail without it. */
import type { Definition } from '@automateos/shared/model/definition';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { Workflow, WorkflowVersion } from '@automateos/shared/model/workflow';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { type Position, queryPage } from '../paging.ts';
import { type Credential, readCredential } from './credential.ts';

export type CredentialUse = {
  readonly workflowId: string;
  readonly name: string;
  readonly version: number;
  readonly active: boolean;
  readonly nodes: readonly string[];
};

export type CredentialUses = {
  readonly items: readonly CredentialUse[];
  /** There are more workflows than were looked at. */
  readonly truncated: boolean;
};

const pageSize = 100;
const mostWorkflows = 5_000;

/** Throws NOT_FOUND, FORBIDDEN. */
export async function credentialUsedBy(app: App, principal: Principal, id: string): Promise<CredentialUses> {
  requirePermission(principal, 'credentials.read');
  const { credential } = await readCredential(app, principal.org, id);
  return usesOf(app, principal.org, credential);
}

export async function usesOf(app: App, org: string, credential: Pick<Credential, 'id' | 'name'>): Promise<CredentialUses> {
  const items: CredentialUse[] = [];
  let after: Position | null = null;
  for (let seen = 0; seen < mostWorkflows; seen += pageSize) {
    const page: Awaited<ReturnType<typeof queryPage>> = await queryPage(
      app.store,
      { collection: paths.workflows(org), orderBy: [['name', 'asc']] },
      { limit: pageSize, after },
    );
    const workflows = page.items.map((row) => Workflow.parse(row.data));
    items.push(...(await usesIn(app, org, workflows, credential)));
    after = page.next;
    if (after === null) return { items, truncated: false };
  }
  return { items, truncated: true };
}

async function usesIn(
  app: App,
  org: string,
  workflows: readonly Workflow[],
  credential: Pick<Credential, 'id' | 'name'>,
): Promise<readonly CredentialUse[]> {
  const versions = workflows.flatMap((workflow) =>
    [...new Set([workflow.latestVersion, workflow.activeVersion])].flatMap((version) =>
      version === null ? [] : [{ workflow, version }],
    ),
  );
  const rows = await app.store.getAll(versions.map(({ workflow, version }) => paths.version(org, workflow.id, version)));
  return versions.flatMap(({ workflow, version }, index) => {
    const row = rows[index];
    const parsed = row ? WorkflowVersion.safeParse(row.data) : null;
    const nodes = parsed?.success === true ? nodesThatUse(parsed.data.definition, credential) : [];
    if (nodes.length === 0) return [];
    return [{ workflowId: workflow.id, name: workflow.name, version, active: workflow.activeVersion === version, nodes }];
  });
}

function nodesThatUse({ nodes }: Definition, { id, name }: Pick<Credential, 'id' | 'name'>): readonly string[] {
  return nodes.flatMap((node) => (node.credential === id || node.credential?.normalize('NFC') === name ? [node.id] : []));
}

import { ApiKey } from '@automateos/shared/model/account';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { type Page, type PageRequest, queryPage } from '../paging.ts';

/** `lastUsedAt`: to the hour; null = never, or not since it is written down. */
export type ListedApiKey = ApiKey & { readonly lastUsedAt: string | null };

/** Newest first. */
export async function listApiKeys(app: App, principal: Principal, page: PageRequest): Promise<Page<ListedApiKey>> {
  requirePermission(principal, 'api-keys.manage');
  const { org } = principal;
  const query = { collection: paths.apiKeys(org), orderBy: [['createdAt', 'desc']] as const };
  const rows = await queryPage(app.store, query, page);
  const keys = rows.items.map((row) => ApiKey.parse(row.data));
  return { items: await withLastUse(app, org, keys), next: rows.next };
}

export async function withLastUse(app: App, org: string, keys: readonly ApiKey[]): Promise<readonly ListedApiKey[]> {
  const uses = await app.store.getAll(keys.map(({ id }) => paths.apiKeyUse(org, id)));
  const lastUse = (at: number): string | null => {
    const { lastUsedAt } = uses[at]?.data ?? {};
    return typeof lastUsedAt === 'string' ? lastUsedAt : null;
  };
  return keys.map((key, at) => ({ ...key, lastUsedAt: lastUse(at) }));
}

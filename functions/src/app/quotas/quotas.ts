/** Quotas as people see them, and as the owner of the installation sets them for one organization. */
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { type QuotaName, QuotaOverrides, type Quotas, quotaNames } from '@automateos/shared/model/quota';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { requireInstallation } from '../auth/require-installation.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { isDocumentId } from '../document-id.ts';
import { asDocument } from '../engine/as-document.ts';
import { readOrganization } from '../organizations/read-organization.ts';
import { type Expected, requireUnchanged } from '../require-unchanged.ts';
import { countUse } from './count-use.ts';
import { forgetQuotas, quotasWith, readQuotas } from './require-quota.ts';

export type QuotaUse = { readonly limit: number | null; readonly used: number };
export type QuotaView = Readonly<Record<QuotaName, QuotaUse>>;

/** Counted now. */
export async function showQuotas(app: App, principal: Principal): Promise<QuotaView> {
  requirePermission(principal, 'quotas.read');
  return quotaView(app, principal.org);
}

/** Of any organization, for whoever runs the installation. Throws NOT_FOUND. */
export async function showQuotasOf(app: App, principal: Principal, org: string): Promise<QuotaView> {
  await requireOrganization(app, principal, org);
  return quotaView(app, org);
}

export type QuotaChange = {
  readonly org: string;
  readonly limits: Readonly<Partial<Record<QuotaName, number | null | 'inherit' | undefined>>>;
  /** Of the limits as they are in force. */
  readonly expected?: Expected<Quotas>;
};

/**
 * Only the named limits change; `inherit` goes back to the installation's. What is above a lower limit stays: nothing more is made. Throws
 * NOT_FOUND, PRECONDITION_FAILED.
 */
export async function overrideQuotas(app: App, principal: Principal, { org, limits, expected }: QuotaChange): Promise<QuotaView> {
  await requireOrganization(app, principal, org);
  const path = paths.quotaOverrides(org);
  await decideAgain(async () => {
    const snapshot = await app.store.get(path);
    const before = snapshot === null ? null : QuotaOverrides.parse(snapshot.data);
    requireUnchanged(expected, quotasWith(app, before));
    const merged = Object.entries({ ...before?.limits, ...limits }).filter(
      ([, limit]) => limit !== 'inherit' && limit !== undefined,
    );
    const after = QuotaOverrides.parse({
      limits: Object.fromEntries(merged),
      ...{ updatedAt: toInstant(app.clock.now()), updatedBy: principal.userId },
    });
    const data = asDocument(after);
    const result = await app.store.commit([
      snapshot === null ? { kind: 'create', path, data } : { kind: 'update', path, data, version: snapshot.version },
      auditWrite(app, principal, 'quotas.changed', { kind: 'organization', id: org }, asDocument(limits), { before, after }),
    ]);
    if (!result.ok) throw new Outrun('quotas');
  });
  forgetQuotas(app, org);
  return quotaView(app, org);
}

async function requireOrganization(app: App, principal: Principal, org: string): Promise<void> {
  await requireInstallation(app, principal, 'installation.own');
  if (!isDocumentId(org)) throw new AppError('NOT_FOUND', { what: 'organization', id: org.slice(0, 64) });
  await readOrganization(app, org);
}

async function quotaView(app: App, org: string): Promise<QuotaView> {
  const limits = await readQuotas(app, org);
  const entries = await Promise.all(
    quotaNames.map(async (name) => [name, { limit: limits[name], used: await countUse(app, org, name) }] as const),
  );
  return Object.fromEntries(entries) as QuotaView; // every name is there
}

/** Pruning and backups as whoever runs the installation asks for them. What changes it stands in the audit log before it begins. */
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditAhead } from '../audit/audit-entry.ts';
import { requireInstallation } from '../auth/require-installation.ts';
import type { Maintenance } from './maintenance.ts';
import type { PruneChoice } from './prune-executions.ts';

const target = { kind: 'installation', id: 'current' };

/** Throws FORBIDDEN. A dry run changes nothing, and has no line. */
export async function pruneNow(
  app: App,
  maintenance: Maintenance,
  principal: Principal,
  choice: PruneChoice,
): Promise<JsonObject> {
  await requireInstallation(app, principal);
  const { olderThanDays = null, dryRun } = choice;
  if (dryRun !== true) await auditAhead(app, principal, 'installation.pruned', target, { olderThanDays });
  return maintenance.prune(choice);
}

/** Into the server's own folder. Without a name it is called by its time. Throws FORBIDDEN, and CONFLICT for a name that is taken. */
export async function backUp(app: App, maintenance: Maintenance, principal: Principal, name?: string): Promise<JsonObject> {
  await requireInstallation(app, principal);
  const called = name ?? backupName(app);
  await auditAhead(app, principal, 'installation.backed-up', target, { name: called });
  return maintenance.backup(called);
}

export type Download = Awaited<ReturnType<Maintenance['download']>> & { readonly name: string };

/** The same for the caller alone; the server keeps nothing of it. */
export async function downloadBackup(app: App, maintenance: Maintenance, principal: Principal, name?: string): Promise<Download> {
  await requireInstallation(app, principal);
  await auditAhead(app, principal, 'installation.backed-up', target, { downloaded: true });
  return { ...(await maintenance.download()), name: name ?? backupName(app) };
}

function backupName({ clock }: App): string {
  return `automateos-${toInstant(clock.now()).replace(/[:.]/g, '-')}`;
}

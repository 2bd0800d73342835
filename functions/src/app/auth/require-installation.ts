/**
 * What concerns the whole installation (its storage, backups, stray messages, quotas of others) is for its own organization, the one that
 * the first owner made. Whoever makes an organization owns that one only.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { readOwner } from './ensure-owner.ts';
import { isPermitted, requirePermission } from './permissions.ts';

type InstallationAction = 'admin.operate' | 'installation.own';

export async function runsInstallation(
  app: App,
  principal: Principal,
  action: InstallationAction = 'admin.operate',
): Promise<boolean> {
  return isPermitted(principal, action) && (await readOwner(app))?.principal.org === principal.org;
}

/** Throws FORBIDDEN for whoever does not run the installation. */
export async function requireInstallation(
  app: App,
  principal: Principal,
  action: InstallationAction = 'admin.operate',
): Promise<void> {
  requirePermission(principal, action);
  if (await runsInstallation(app, principal, action)) return;
  throw new AppError('FORBIDDEN', {
    role: principal.role,
    action: 'do this: it is the installation’s, not your organization’s',
  });
}

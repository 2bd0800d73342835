/** What somebody may do in the organization that they work in: told so that a client shows what will work. Each use case asks for itself. */
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { type Action, actions, isAction, isPermitted } from './permissions.ts';
import { runsInstallation } from './require-installation.ts';

const ofInstallation: ReadonlySet<Action> = new Set(['admin.operate', 'installation.own']);

/** In the order of the table; what is the installation's is told only where it works. */
export async function permittedActions(app: App, principal: Principal): Promise<readonly Action[]> {
  const permitted = Object.keys(actions)
    .filter(isAction)
    .filter((action) => isPermitted(principal, action));
  if (await runsInstallation(app, principal)) return permitted;
  return permitted.filter((action) => !ofInstallation.has(action));
}

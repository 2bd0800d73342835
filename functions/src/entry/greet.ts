/** What an operator reads after `npm start`; on the first start the story of the starter workflow, too (starter.ts). */
import { paths } from '@automateos/shared/model/paths';
import type { App } from '../app/app-context.ts';
import type { EnsuredOwner } from '../app/auth/ensure-owner.ts';

export type Greeting = { readonly app: App; readonly url: string; readonly owner: EnsuredOwner; readonly starter: boolean };

export async function greet({ app, url, owner, starter }: Greeting): Promise<void> {
  const lines = [`AutomateOS runs at ${url}`];
  lines.push(
    owner.password ? `Sign in as ${owner.email} with the password ${owner.password} (shown once)` : `Sign in as ${owner.email}`,
  );
  process.stdout.write(`${lines.join('\n')}\n`);
  if (!starter || !(await isNew(app, owner.principal.org))) return;
  const { runStarter } = await import('./starter.ts'); // with all that makes a workflow out of a text: once in an installation's life
  process.stdout.write(`\n${await runStarter(app, owner, url)}\n`);
}

/** False when this organization has workflows, or had its starter once. */
async function isNew({ store }: App, org: string): Promise<boolean> {
  if (await store.get(paths.starterMark(org))) return false;
  return (await store.query({ collection: paths.workflows(org), limit: 1 })).length === 0;
}

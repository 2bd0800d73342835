/**
 * `npm run reset-password -- ada@example.com`: a new password for an account in the data folder, made here and printed once. For an owner who
 * has lost theirs; everybody else asks the owner for a link. The folder belongs to this command while it runs (a server must be stopped).
 */
import { parseArgs } from 'node:util';
import { openKeyFileRing } from '../adapters/embedded/key-file-ring.ts';
import { createLocalIdentity } from '../adapters/embedded/local-identity.ts';
import { createRandomIds } from '../adapters/embedded/random-ids.ts';
import { setPassword } from '../app/auth/set-password.ts';
import { ConfigError } from '../config/variable-kinds.ts';
import { runCommand, say } from './commands/run-command.ts';
import { type OpenedData, useDataFolder } from './commands/use-data-folder.ts';

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [email, ...others] = positionals;
  if (email === undefined || others.length > 0) throw new ConfigError('Say whose: npm run reset-password -- ada@example.com');
  return useDataFolder('In the cloud Firebase Auth keeps passwords: set it there.', (data) => resetPassword(data, email));
}

async function resetPassword({ store, keyFile, clock }: OpenedData, email: string): Promise<number> {
  const ids = createRandomIds();
  const keyRing = await openKeyFileRing({ path: keyFile, now: clock.now() });
  const identity = createLocalIdentity({ store, keyRing, clock, ids });
  const password = ids.make('pw').slice(3, 23);
  const isSet = await setPassword({ store, clock, ids }, identity, { email, password });
  say(isSet ? `The password of ${email} is now ${password}` : `There is no account ${email} here.`);
  return isSet ? 0 : 1;
}

await runCommand(main);

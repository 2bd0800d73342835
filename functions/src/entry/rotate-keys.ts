/**
 * `npm run rotate-keys`: gives every organization in the data folder a new data key, seals all secrets anew and forgets the old keys at once:
 * the folder belongs to this command while it runs (a server must be stopped). Cut off, it is finished by running it again.
 *
 *     npm run rotate-keys                     a new key for each organization
 *     npm run rotate-keys -- --master         and a new master key in the key file, which the older ones leave: sessions end
 *     npm run rotate-keys -- --resume         only finishes what was started without --master
 *
 * A server that runs, and the cloud, rotate per organization: POST /v1/admin/rotate-keys.
 */
import { parseArgs } from 'node:util';
import { ConfigError } from '../config/variable-kinds.ts';
import { rotateDataKeys } from './commands/rotate-data-keys.ts';
import { runCommand, say } from './commands/run-command.ts';
import { useDataFolder } from './commands/use-data-folder.ts';

const inTheCloud = 'In the cloud each organization rotates its keys by POST /v1/admin/rotate-keys, and Cloud KMS the master key.';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { resume: { type: 'boolean' }, master: { type: 'boolean' } } });
  if (values.resume && values.master)
    throw new ConfigError('A rotation of the master key is finished by beginning it anew: leave --resume out.');
  const renew = values.master ? 'master' : values.resume ? 'nothing' : 'data';
  await useDataFolder(inTheCloud, (data) => rotateDataKeys(data, renew, say));
  return 0;
}

await runCommand(main);

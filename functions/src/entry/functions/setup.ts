/**
 * Run once after each deployment (a Cloud Run job; `npm run cloud` runs it, too): makes the owner where there is none, and on the first
 * time the starter workflow. Everything in it may be repeated.
 */
import { ensureOwner, readOwner } from '../../app/auth/ensure-owner.ts';
import { readCloudConfig } from '../../config/cloud-config.ts';
import { ConfigError } from '../../config/variable-kinds.ts';
import { composeGcp } from '../compose-gcp.ts';
import { greet } from '../greet.ts';

async function main(): Promise<void> {
  const config = readCloudConfig();
  const gcp = await composeGcp(config, 'setup');
  if (
    config.AUTOMATEOS_OWNER_PASSWORD === undefined &&
    !config.GOOGLE_CLOUD_PROJECT.startsWith('demo-') &&
    (await readOwner(gcp.app)) === null
  )
    throw new ConfigError('AUTOMATEOS_OWNER_PASSWORD must be set: one that is made here would be printed into the logs');
  const owner = await ensureOwner(gcp.app, gcp.identity, {
    email: config.AUTOMATEOS_OWNER_EMAIL,
    password: config.AUTOMATEOS_OWNER_PASSWORD,
  });
  await greet({ app: gcp.app, url: config.AUTOMATEOS_PUBLIC_URL, owner, starter: config.AUTOMATEOS_STARTER === 'on' });
  await gcp.close();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(
      `${error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exit(1);
  },
);

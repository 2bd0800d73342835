/** Gives the installation's organization the credentials that stand in the environment. What is wrong with them stops the start, by name. */
import { AppError } from '@automateos/shared/model/app-error';
import type { App } from '../app/app-context.ts';
import { takeEnvironmentCredentials } from '../app/credentials/take-environment.ts';
import { readEnvironmentCredentials } from '../config/environment-credentials.ts';
import { ConfigError } from '../config/variable-kinds.ts';

export async function environmentCredentials(app: App, org: string): Promise<void> {
  const given = readEnvironmentCredentials();
  try {
    await takeEnvironmentCredentials(app, org, given);
  } catch (error) {
    throw error instanceof AppError ? new ConfigError(error.message) : error;
  }
}

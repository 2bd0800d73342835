import { AppError } from '@automateos/shared/model/app-error';
import { ConfigError } from '../config/variable-kinds.ts';

/** A typing error stops the start, although the HTTP client, which enforces the list, loads with the first request. Throws ConfigError. */
export async function checkEgressAllow(entries: readonly string[]): Promise<void> {
  if (entries.length === 0) return;
  const { parseAllowList } = await import('../adapters/http/allow-list.ts');
  try {
    parseAllowList(entries);
  } catch (error) {
    if (error instanceof AppError) throw new ConfigError(`The configuration cannot be used: ${error.message}`, { cause: error });
    throw error;
  }
}

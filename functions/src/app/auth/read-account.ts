import { User } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';

/** A person's document with its version. Throws NOT_FOUND. */
export async function readAccount(
  app: Pick<App, 'store'>,
  userId: string,
): Promise<{ readonly user: User; readonly snapshot: Snapshot }> {
  const snapshot = await app.store.get(paths.user(userId));
  if (snapshot === null) throw new AppError('NOT_FOUND', { what: 'account', id: userId });
  return { user: User.parse(snapshot.data), snapshot };
}

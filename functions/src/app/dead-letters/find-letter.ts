/**
 * Where dead letters are: with their organization, or, messages that belong to none that is known, with the installation, where only those
 * who run it see them.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { DeadLetter } from '@automateos/shared/model/dead-letter';
import type { JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { runsInstallation } from '../auth/require-installation.ts';
import { isDocumentId } from '../document-id.ts';

export type FoundLetter = {
  readonly path: string;
  readonly version: string;
  readonly data: JsonObject;
  readonly letter: DeadLetter;
};

/** Throws NOT_FOUND, for letters of other organizations too. */
export async function findLetter(app: App, principal: Principal, id: string): Promise<FoundLetter> {
  const own = isDocumentId(id) ? await read(app, paths.deadLetter(principal.org, id)) : null;
  const found =
    own ?? (isDocumentId(id) && (await runsInstallation(app, principal)) ? await read(app, paths.strayLetter(id)) : null);
  if (found === null) throw new AppError('NOT_FOUND', { what: 'dead letter', id: id.slice(0, 64) });
  return found;
}

async function read(app: App, path: string): Promise<FoundLetter | null> {
  const row = await app.store.get(path);
  return row === null ? null : { ...row, letter: DeadLetter.parse(row.data) };
}

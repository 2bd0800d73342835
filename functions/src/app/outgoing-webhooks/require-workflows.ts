import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import type { App } from '../app-context.ts';
import { isDocumentId } from '../document-id.ts';

/**
 * An endpoint for workflows that are not there would wait for ever. Throws INVALID_PARAMS that names each of them, those of other
 * organizations in the same words.
 */
export async function requireWorkflows(app: App, org: string, ids: readonly string[] | null | undefined): Promise<void> {
  if (ids === null || ids === undefined) return;
  const possible = [...new Set(ids.filter(isDocumentId))];
  const rows = possible.length === 0 ? [] : await app.store.getAll(possible.map((id) => paths.workflow(org, id)));
  const there = new Set(possible.filter((_, at) => rows[at] !== null && rows[at] !== undefined));
  const problems = ids.flatMap((id, at) =>
    there.has(id) ? [] : [{ path: `workflowIds[${at}]`, code: 'NOT_FOUND', message: `There is no workflow ${id} here.` }],
  );
  if (problems.length === 0) return;
  const named = [...new Set(ids.filter((id) => !there.has(id)))].slice(0, 10).join(', ');
  throw new AppError(
    'INVALID_PARAMS',
    { reason: `An endpoint cannot be for workflows that are not here: ${named}.` },
    { problems },
  );
}

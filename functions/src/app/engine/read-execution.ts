import { AppError } from '@automateos/shared/model/app-error';
import { Execution } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import type { App } from '../app-context.ts';
import { isDocumentId } from '../document-id.ts';
import type { Versioned } from './run.ts';

/** Throws NOT_FOUND, for executions of other organizations too. */
export async function readExecution(app: App, org: string, id: string): Promise<Versioned<Execution>> {
  const snapshot = isDocumentId(id) ? await app.store.get(paths.execution(org, id)) : null;
  if (!snapshot) throw new AppError('NOT_FOUND', { what: 'execution', id });
  return { data: Execution.parse(snapshot.data), version: snapshot.version };
}

/** A word about a version, for people. It may come later and be changed: nothing that runs reads it. */
import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { WorkflowVersion } from '@automateos/shared/model/workflow';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { cachesOf } from '../cache/app-caches.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { asDocument } from '../engine/as-document.ts';
import { readWorkflow } from './read-workflow.ts';
import { noteOf } from './workflow-writes.ts';

export type NoteVersion = { readonly workflowId: string; readonly version: number; readonly note: string };

/** An empty note takes it away. The last writer wins. */
export async function noteVersion(app: App, principal: Principal, request: NoteVersion): Promise<WorkflowVersion> {
  requirePermission(principal, 'workflows.write');
  const { org } = principal;
  const { workflow } = await readWorkflow(app, org, request.workflowId);
  return decideAgain(async () => {
    const path = paths.version(org, workflow.id, request.version);
    const row = await app.store.get(path);
    if (row === null) throw new AppError('NOT_FOUND', { what: 'version', id: `${request.version} of workflow ${workflow.id}` });
    const { note: _, ...stored } = WorkflowVersion.parse(row.data);
    const noted = { ...stored, ...noteOf(request.note) };
    const target = { kind: 'workflow', id: workflow.id, name: workflow.name };
    const result = await app.store.commit([
      { kind: 'update', path, data: asDocument(noted), version: row.version },
      auditWrite(
        app,
        principal,
        'workflow.version-noted',
        target,
        { version: request.version },
        { before: row.data, after: noted },
      ),
    ]);
    cachesOf(app).versions.delete(path);
    if (!result.ok) throw new Outrun('version');
    return noted;
  });
}

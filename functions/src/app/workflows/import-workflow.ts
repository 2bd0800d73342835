/** A definition from a file. It brings no ids, owners or secrets: credentials are named, and found or missed in this organization. */
import type { Definition } from '@automateos/shared/model/definition';
import type { Principal } from '@automateos/shared/model/principal';
import type { Workflow } from '@automateos/shared/model/workflow';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { createWorkflow } from './create-workflow.ts';
import { findWorkflowByName } from './get-workflow.ts';
import { putWorkflow } from './put-workflow.ts';
import type { SavedText } from './workflow-writes.ts';

export type ImportWorkflow = SavedText & { readonly onConflict: 'fail' | 'rename' | 'update' };
export type Imported = { readonly workflow: Workflow; readonly definition: Definition; readonly created: boolean };

/** With `fail`: NAME_TAKEN. `rename` tries "name 2" to "name 99". */
export async function importWorkflow(app: App, principal: Principal, request: ImportWorkflow): Promise<Imported> {
  requirePermission(principal, 'workflows.write');
  const { definition, source, onConflict } = request;
  const existing = onConflict === 'fail' ? null : await findWorkflowByName(app, principal, definition.name);
  if (existing === null)
    return { workflow: await createWorkflow(app, principal, { definition, source }), definition, created: true };
  if (onConflict === 'update') {
    const workflow = await putWorkflow(app, principal, { workflowId: existing.id, definition, source });
    return { workflow, definition, created: false };
  }
  const renamed = { ...definition, name: await freeName(app, principal, definition.name) };
  return { workflow: await createWorkflow(app, principal, { definition: renamed, source }), definition: renamed, created: true };
}

async function freeName(app: App, principal: Principal, name: string): Promise<string> {
  for (let n = 2; n < 100; n += 1) {
    const candidate = `${name.slice(0, 190)} ${n}`;
    if ((await findWorkflowByName(app, principal, candidate)) === null) return candidate;
  }
  return name; // taken: createWorkflow says so
}

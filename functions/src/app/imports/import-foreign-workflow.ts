/**
 * A workflow of another system becomes one here: version 1, not active, or, where it cannot run as it is, a draft beside a version that only
 * starts. Its credentials are looked for by name in this organization when it goes live; nothing of it is fetched or opened.
 */
import { validateDefinition } from '@automateos/shared/graph/validate-definition';
import { detectSource, importForeign, listFault } from '@automateos/shared/import/import-foreign';
import type { ImportReport, ImportSource } from '@automateos/shared/import/import-report';
import { AppError } from '@automateos/shared/model/app-error';
import { Definition } from '@automateos/shared/model/definition';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import type { Principal } from '@automateos/shared/model/principal';
import type { Problem } from '@automateos/shared/model/problem';
import type { Workflow } from '@automateos/shared/model/workflow';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { manifestsOf } from '../manifests-of.ts';
import { putDraft } from '../workflows/draft.ts';
import { importWorkflow } from '../workflows/import-workflow.ts';

export type ForeignRequest = {
  readonly tree: JsonValue;
  /** Told by its shape when absent. */
  readonly from?: ImportSource | undefined;
  readonly name?: string | undefined;
  readonly onConflict: 'fail' | 'rename' | 'update';
  readonly dryRun: boolean;
};

export type ForeignImport = {
  /** null after a dry run. */
  readonly workflow: Workflow | null;
  readonly created: boolean;
  /** As imported: the version's, the draft's where there are problems. */
  readonly definition: JsonObject;
  readonly report: ImportReport;
  readonly problems: readonly Problem[];
};

/** Throws INVALID_PARAMS where the file is none that can be imported, and what importWorkflow throws. */
export async function importForeignWorkflow(app: App, principal: Principal, request: ForeignRequest): Promise<ForeignImport> {
  requirePermission(principal, 'workflows.write');
  const { tree, name } = request;
  if (Array.isArray(tree)) throw new AppError('INVALID_PARAMS', { reason: listFault });
  const from = request.from ?? detectSource(tree);
  if (from === null) throw new AppError('INVALID_PARAMS', { reason: unknownShape });
  const imported = importForeign({ tree, from, manifests: manifestsOf(app.nodeTypes), name });
  if (!imported.ok) throw new AppError('INVALID_PARAMS', { reason: `It cannot be imported as ${from}: ${imported.reason}` });
  const { definition, problems, report } = imported;
  const result = { definition, problems, report };
  if (request.dryRun) return { ...result, workflow: null, created: false };
  return { ...result, ...(await store(app, principal, request, result)) };
}

const unknownShape =
  'It is told by its shape what a file is, and this is none that is known: send from=n8n, asl, google-workflows or automateos.';

type Result = Pick<ForeignImport, 'definition' | 'problems'>;

async function store(
  app: App,
  principal: Principal,
  { onConflict }: ForeignRequest,
  { definition, problems }: Result,
): Promise<Pick<ForeignImport, 'workflow' | 'created'>> {
  const valid = problems.length === 0 ? validateDefinition(definition, manifestsOf(app.nodeTypes)).definition : null;
  const first = valid ?? placeholder(definition);
  const { workflow, created } = await importWorkflow(app, principal, { definition: first, source: null, onConflict });
  if (valid === null) await putDraft(app, principal, { workflowId: workflow.id, definition, source: null });
  return { workflow, created };
}

/** A version has to be one that can run. */
function placeholder({ name }: JsonObject): Definition {
  return Definition.parse({
    name,
    nodes: [{ id: 'start', type: 'trigger.manual', notes: 'What was imported is in the draft.' }],
  });
}

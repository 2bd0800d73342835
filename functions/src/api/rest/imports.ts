/** Bringing in workflows: our own exports, and files of n8n, AWS Step Functions and Google Cloud Workflows. */

import { detectSource } from '@automateos/shared/import/import-foreign';
import { ImportReport, ImportSource } from '@automateos/shared/import/import-report';
import type { JsonObject } from '@automateos/shared/model/json';
import { Problem } from '@automateos/shared/model/problem';
import { WorkflowDetailView } from '@automateos/shared/model/workflow-view';
import { z } from 'zod';
import { importForeignWorkflow } from '../../app/imports/import-foreign-workflow.ts';
import { requireForeignDefinition } from '../../app/workflows/check-definition.ts';
import { importWorkflow } from '../../app/workflows/import-workflow.ts';
import { maskSecrets } from '../../app/workflows/webhook-secrets.ts';
import { etagOf } from '../http/etag.ts';
import { type Route, route } from '../http/route.ts';
import { anyJson } from './definition-body.ts';
import { presentWorkflow } from './present-workflow.ts';
import type { RestContext } from './rest-context.ts';

const flag = z.enum(['true', 'false']).default('false');

const query = z.strictObject({
  from: ImportSource.optional().describe('What the file is; told by its shape when absent'),
  name: z.string().trim().min(1).max(200).optional().describe('For files of other systems, instead of their own'),
  dryRun: flag.describe('Only report; nothing is stored'),
  onConflict: z.enum(['fail', 'rename', 'update']).default('fail').describe('What to do when the name is taken'),
});

/** What came of a file of another system, or of any after a dry run. */
const ForeignImportView = z
  .object({
    // as imported: what cannot run yet is no definition that a version may have
    workflow: WorkflowDetailView.extend({ definition: z.record(z.string(), z.unknown()) })
      .nullable()
      .describe('null after a dry run'),
    draft: z.boolean().describe('It cannot run yet: what was imported is the draft'),
    definition: z.record(z.string(), z.unknown()),
    report: ImportReport,
    problems: z.array(Problem),
  })
  .meta({ id: 'ForeignImport' });

export function importRoutes({ app }: RestContext): readonly Route[] {
  const { publicUrl } = app.settings;
  return [
    route({
      ...{ method: 'post', path: '/v1/workflows/import', tag: 'Workflows', access: 'workflows.write' },
      summary: 'Create from an exported file, ours or of another system',
      description: [
        'Takes an export of ours, a workflow of n8n, a state machine in the Amazon States Language, or a workflow of Google Cloud Workflows.',
        'Credentials that it names need not be there yet: they are asked for when it goes live. Files of other systems answer with a report of',
        'what was mapped; what has no like is kept as a switched-off node with its reason.',
      ].join(' '),
      query,
      body: anyJson,
      yaml: true,
      answers: {
        200: {
          description: 'The workflow of that name was updated, or a dry run',
          schema: z.union([WorkflowDetailView, ForeignImportView]),
        },
        201: { description: 'A workflow was created', schema: z.union([WorkflowDetailView, ForeignImportView]) },
      },
      problems: ['INVALID_DEFINITION', 'INVALID_PARAMS', 'NAME_TAKEN', 'CONFLICT'],
      handle: async ({ principal, body, source, query: { from, name, dryRun, onConflict } }) => {
        // an unknown shape is told of as a definition that is none
        const isOurs = !Array.isArray(body) && (from ?? detectSource(body) ?? 'automateos') === 'automateos';
        if (isOurs && dryRun === 'false') {
          const definition = requireForeignDefinition(app, body);
          const result = await importWorkflow(app, principal, { definition, source, onConflict });
          const view = { ...presentWorkflow(publicUrl, result.workflow), definition: maskSecrets(result.definition) };
          return { status: result.created ? 201 : 200, headers: { etag: etagOf(result.workflow.latestVersion) }, body: view };
        }
        const request = {
          tree: body,
          from,
          name,
          onConflict,
          dryRun: dryRun === 'true',
        };
        const { workflow, created, definition, report, problems } = await importForeignWorkflow(app, principal, request);
        const shown: JsonObject = maskSecrets(definition);
        const view = workflow === null ? null : { ...presentWorkflow(publicUrl, workflow), definition: shown };
        const draft = problems.length > 0;
        return { status: created ? 201 : 200, body: { workflow: view, draft, definition: shown, report, problems } };
      },
    }),
  ];
}

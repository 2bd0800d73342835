/** Versions, drafts, activation, validation, export and import of workflows. */

import { Problem } from '@automateos/shared/model/problem';
import { Schedule } from '@automateos/shared/model/schedule';
import { WorkflowDetailView, WorkflowDraftView, WorkflowVersionView, WorkflowView } from '@automateos/shared/model/workflow-view';
import { z } from 'zod';
import { listSchedules } from '../../app/schedules/list-schedules.ts';
import { activateWorkflow, deactivateWorkflow } from '../../app/workflows/activate-workflow.ts';
import { checkDefinition, requireDefinition } from '../../app/workflows/check-definition.ts';
import { renderDefinition } from '../../app/workflows/definition-text.ts';
import { getDraft, putDraft } from '../../app/workflows/draft.ts';
import { getWorkflow } from '../../app/workflows/get-workflow.ts';
import { importWorkflow } from '../../app/workflows/import-workflow.ts';
import { listVersions } from '../../app/workflows/list-workflows.ts';
import { restoreVersion } from '../../app/workflows/restore-version.ts';
import { answerPage } from '../http/cursor.ts';
import { etagOf, ifMatch } from '../http/etag.ts';
import { idParams, integerParam, pageOf, pageParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import { definitionBody, draftBody } from './definition-body.ts';
import { presentDetail, presentDraft, presentWorkflow } from './present-workflow.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Workflows';
const versionParams = z.object({ id: z.string(), version: integerParam });

export function workflowVersionRoutes(context: RestContext): readonly Route[] {
  return [...versionRoutes(context), ...scheduleRoutes(context), ...draftRoutes(context), ...textRoutes(context)];
}

function versionRoutes({ app, cursors }: RestContext): readonly Route[] {
  const { publicUrl } = app.settings;
  return [
    route({
      ...{
        method: 'get',
        path: '/v1/workflows/{id}/versions',
        tag,
        access: 'workflows.read',
        summary: 'List versions, newest first',
      },
      params: idParams,
      query: z.strictObject(pageParams),
      answers: { 200: { description: 'A page', schema: pageOf(WorkflowVersionView) } },
      handle: async ({ principal, params, query }) => {
        const { workflow } = await getWorkflow(app, principal, params.id);
        const bind = [principal.org, 'versions', params.id];
        const page = await answerPage(
          cursors,
          query,
          bind,
          (page) => listVersions(app, principal, params.id, page),
          ({ version, definition, createdAt, createdBy }) => ({
            ...{ version, name: definition.name, active: workflow.activeVersion === version, nodeCount: definition.nodes.length },
            ...{ createdAt, createdBy },
          }),
        );
        return { status: 200, body: page };
      },
    }),
    route({
      ...{
        method: 'get',
        path: '/v1/workflows/{id}/versions/{version}',
        tag,
        access: 'workflows.read',
        summary: 'Read a version',
      },
      params: versionParams,
      answers: { 200: { description: 'The workflow with this definition', schema: WorkflowDetailView } },
      handle: async ({ principal, params }) => {
        return { status: 200, body: presentDetail(publicUrl, await getWorkflow(app, principal, params.id, params.version)) };
      },
    }),
    route({
      ...{ method: 'post', path: '/v1/workflows/{id}/versions/{version}/restore', tag, access: 'workflows.write' },
      summary: 'Save an old version as the newest',
      params: versionParams,
      answers: { 200: { description: 'Saved as version n + 1', schema: WorkflowDetailView } },
      problems: ['NAME_TAKEN', 'CONFLICT', 'VERSION_MISMATCH'],
      handle: async ({ principal, params }) => {
        const workflow = await restoreVersion(app, principal, params.id, params.version);
        const found = await getWorkflow(app, principal, workflow.id);
        return { status: 200, headers: { etag: etagOf(workflow.latestVersion) }, body: presentDetail(publicUrl, found) };
      },
    }),
    route({
      ...{ method: 'post', path: '/v1/workflows/{id}/activate', tag, access: 'workflows.write', summary: 'Make triggers live' },
      params: idParams,
      body: z.strictObject({ version: z.int().min(1).optional().describe('The newest when absent') }),
      bodyOptional: true,
      answers: { 200: { description: 'Active', schema: WorkflowView } },
      problems: ['INVALID_DEFINITION', 'CONFLICT'],
      handle: async ({ principal, params, body }) => {
        const version = body.version === undefined ? {} : { version: body.version };
        const workflow = await activateWorkflow(app, principal, { workflowId: params.id, ...version });
        return { status: 200, body: presentWorkflow(publicUrl, workflow) };
      },
    }),
    route({
      ...{ method: 'post', path: '/v1/workflows/{id}/deactivate', tag, access: 'workflows.write', summary: 'Take triggers down' },
      params: idParams,
      body: z.strictObject({}),
      bodyOptional: true,
      answers: { 200: { description: 'Not active', schema: WorkflowView } },
      problems: ['CONFLICT'],
      handle: async ({ principal, params }) => {
        return { status: 200, body: presentWorkflow(publicUrl, await deactivateWorkflow(app, principal, params.id)) };
      },
    }),
  ];
}

const ScheduleView = z
  .object({
    ...{ nodeId: z.string(), version: z.int(), cron: z.string(), timeZone: z.string(), jitterMs: z.int() },
    ...{ overlap: Schedule.shape.overlap, missed: Schedule.shape.missed },
    active: z.boolean().describe('false: what activation would make live'),
    lastAt: z.string().nullable(),
    nextRuns: z.array(z.string()).describe('The next instants, without jitter'),
  })
  .meta({ id: 'Schedule' });

function scheduleRoutes({ app }: RestContext): readonly Route[] {
  return [
    route({
      ...{
        method: 'get',
        path: '/v1/workflows/{id}/schedules',
        tag,
        access: 'workflows.read',
        summary: 'Schedules and their next runs',
      },
      params: idParams,
      query: z.strictObject({ runs: integerParam.refine((runs) => runs >= 1 && runs <= 100, 'must be 1 to 100').default(5) }),
      answers: { 200: { description: 'One for each trigger.schedule', schema: z.object({ items: z.array(ScheduleView) }) } },
      handle: async ({ principal, params, query }) => {
        const listed = await listSchedules(app, principal, { workflowId: params.id, runs: query.runs });
        const items = listed.map(({ schedule, active, nextRuns }) => {
          const { nodeId, version, cron, timeZone, jitterMs, overlap, missed, lastAt } = schedule;
          return { nodeId, version, cron, timeZone, jitterMs, overlap, missed, active, lastAt, nextRuns };
        });
        return { status: 200, body: { items } };
      },
    }),
  ];
}

function draftRoutes({ app }: RestContext): readonly Route[] {
  const path = '/v1/workflows/{id}/draft';
  return [
    route({
      ...{ method: 'get', path, tag, access: 'workflows.read', summary: 'Read the draft' },
      description: 'The newest version where no draft was saved.',
      params: idParams,
      answers: { 200: { description: 'The draft and what is wrong with it', schema: WorkflowDraftView } },
      handle: async ({ principal, params }) => {
        const checked = await getDraft(app, principal, params.id);
        return { status: 200, headers: { etag: etagOf(checked.draft.rev) }, body: presentDraft(checked) };
      },
    }),
    route({
      ...{ method: 'put', path, tag, access: 'workflows.write', summary: 'Save the draft, complete or not' },
      headers: { 'If-Match': 'ETag of the last answer: refused when somebody has saved since' },
      params: idParams,
      body: draftBody,
      yaml: true,
      answers: { 200: { description: 'The draft and what is wrong with it', schema: WorkflowDraftView } },
      problems: ['VERSION_MISMATCH'],
      handle: async ({ principal, params, body, source, request }) => {
        const ifRevision = ifMatch(request.header('if-match'));
        const condition = ifRevision === undefined ? {} : { ifRevision };
        const checked = await putDraft(app, principal, { workflowId: params.id, definition: body, source, ...condition });
        return { status: 200, headers: { etag: etagOf(checked.draft.rev) }, body: presentDraft(checked) };
      },
    }),
  ];
}

function textRoutes({ app }: RestContext): readonly Route[] {
  const { publicUrl } = app.settings;
  return [
    route({
      ...{ method: 'post', path: '/v1/workflows/validate', tag, access: 'workflows.read', summary: 'Check a definition' },
      description: 'Finds every problem at once; nothing is stored.',
      body: definitionBody,
      yaml: true,
      answers: { 200: { description: 'The verdict', schema: z.object({ valid: z.boolean(), problems: z.array(Problem) }) } },
      handle: async ({ body }) => {
        const { definition, problems } = checkDefinition(app, body);
        return { status: 200, body: { valid: definition !== null && problems.length === 0, problems } };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/workflows/{id}/export', tag, access: 'workflows.read', summary: 'Download the definition' },
      params: idParams,
      query: z.strictObject({ format: z.enum(['json', 'yaml']).default('json'), version: integerParam.optional() }),
      answers: { 200: { description: 'The definition as a file', media: 'application/json' } },
      handle: async ({ principal, params, query }) => {
        const { version } = await getWorkflow(app, principal, params.id, query.version);
        const text = await renderDefinition(version.definition, version.source, query.format);
        const name = version.definition.name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 80);
        const disposition = `attachment; filename="${name}.${query.format}"`;
        return {
          status: 200,
          headers: { 'content-type': `application/${query.format}`, 'content-disposition': disposition },
          text,
        };
      },
    }),
    route({
      ...{
        method: 'post',
        path: '/v1/workflows/import',
        tag,
        access: 'workflows.write',
        summary: 'Create from an exported file',
      },
      query: z.strictObject({
        onConflict: z.enum(['fail', 'rename', 'update']).default('fail').describe('What to do when the name is taken'),
      }),
      body: definitionBody,
      yaml: true,
      answers: {
        200: { description: 'The workflow of that name was updated', schema: WorkflowDetailView },
        201: { description: 'A workflow was created', schema: WorkflowDetailView },
      },
      problems: ['INVALID_DEFINITION', 'NAME_TAKEN', 'CONFLICT'],
      handle: async ({ principal, body, source, query }) => {
        const definition = requireDefinition(app, body);
        const result = await importWorkflow(app, principal, { definition, source, onConflict: query.onConflict });
        const view = { ...presentWorkflow(publicUrl, result.workflow), definition: result.definition };
        return { status: result.created ? 201 : 200, headers: { etag: etagOf(result.workflow.latestVersion) }, body: view };
      },
    }),
  ];
}

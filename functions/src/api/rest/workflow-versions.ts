/** Versions of workflows, which of them is active, and what its schedules will do. */

import { Schedule } from '@automateos/shared/model/schedule';
import { WorkflowDiffView } from '@automateos/shared/model/workflow-diff-view';
import { WorkflowDetailView, WorkflowVersionView, WorkflowView } from '@automateos/shared/model/workflow-view';
import { z } from 'zod';
import { listSchedules } from '../../app/schedules/list-schedules.ts';
import { activateWorkflow, deactivateWorkflow } from '../../app/workflows/activate-workflow.ts';
import { diffVersions } from '../../app/workflows/diff-versions.ts';
import { getWorkflow } from '../../app/workflows/get-workflow.ts';
import { listVersions } from '../../app/workflows/list-workflows.ts';
import { noteVersion } from '../../app/workflows/note-version.ts';
import { restoreVersion } from '../../app/workflows/restore-version.ts';
import { answerPage } from '../http/cursor.ts';
import { idParams, integerParam, pageOf, pageParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import { plainNote } from './plain-note.ts';
import { presentDetail, presentVersion, presentWorkflow, workflowEtag } from './present-workflow.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Workflows';
const versionParams = z.object({ id: z.string(), version: integerParam });

export function workflowVersionRoutes(context: RestContext): readonly Route[] {
  return [...versionRoutes(context), ...scheduleRoutes(context)];
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
          (version) => presentVersion(workflow, version),
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
      ...{ method: 'get', path: '/v1/workflows/{id}/versions/{version}/diff/{other}', tag, access: 'workflows.read' },
      summary: 'What changed from one version to another',
      description: 'Nodes by id, edges by their ends, the rest by path; in a stable order. Secrets never show.',
      params: z.object({ id: z.string(), version: integerParam, other: integerParam }),
      answers: { 200: { description: 'From `version` to `other`', schema: WorkflowDiffView } },
      handle: async ({ principal, params }) => {
        const between = { workflowId: params.id, from: params.version, to: params.other };
        return { status: 200, body: await diffVersions(app, principal, between) };
      },
    }),
    route({
      ...{ method: 'put', path: '/v1/workflows/{id}/versions/{version}/note', tag, access: 'workflows.write' },
      summary: 'Say what a version is about',
      params: versionParams,
      body: z.strictObject({ note: plainNote.describe('Empty: none any more') }),
      answers: { 200: { description: 'Noted', schema: WorkflowVersionView } },
      problems: ['CONFLICT'],
      handle: async ({ principal, params, body }) => {
        // first what may be refused: a key that may write but not read has noted nothing then
        const { workflow } = await getWorkflow(app, principal, params.id);
        const noted = await noteVersion(app, principal, { workflowId: params.id, version: params.version, note: body.note });
        return { status: 200, body: presentVersion(workflow, noted) };
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
        return { status: 200, headers: { etag: workflowEtag(workflow) }, body: presentDetail(publicUrl, found) };
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
        return { status: 200, headers: { etag: workflowEtag(workflow) }, body: presentWorkflow(publicUrl, workflow) };
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

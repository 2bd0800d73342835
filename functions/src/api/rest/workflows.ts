/** Workflows: create, read, save, delete, list. */
import { WorkflowDetailView, WorkflowView } from '@automateos/shared/model/workflow-view';
import { z } from 'zod';
import { requireDefinition } from '../../app/workflows/check-definition.ts';
import { createWorkflow } from '../../app/workflows/create-workflow.ts';
import { renderDefinition } from '../../app/workflows/definition-text.ts';
import { deleteWorkflow } from '../../app/workflows/delete-workflow.ts';
import { getWorkflow } from '../../app/workflows/get-workflow.ts';
import { listWorkflows } from '../../app/workflows/list-workflows.ts';
import { putWorkflow } from '../../app/workflows/put-workflow.ts';
import { maskSecrets } from '../../app/workflows/webhook-secrets.ts';
import { answerPage } from '../http/cursor.ts';
import { conditional, ifMatch, unchanged } from '../http/etag.ts';
import { booleanParam, idParams, integerParam, pageOf, pageParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import { definitionBody } from './definition-body.ts';
import { noteParam } from './plain-note.ts';
import { presentDetail, presentWorkflow, workflowEtag } from './present-workflow.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Workflows';
const saving = { activate: booleanParam.optional().describe('Make the new version live at once'), ...noteParam };

export function workflowRoutes({ app, cursors }: RestContext): readonly Route[] {
  const { publicUrl } = app.settings;
  return [
    route({
      ...{ method: 'post', path: '/v1/workflows', tag, access: 'workflows.write', summary: 'Create a workflow' },
      query: z.strictObject(saving),
      body: definitionBody,
      yaml: true,
      answers: { 201: { description: 'Version 1 was saved', schema: WorkflowDetailView } },
      problems: ['INVALID_DEFINITION', 'NAME_TAKEN'],
      handle: async ({ principal, body, source, query }) => {
        const definition = await requireDefinition(app, principal.org, body);
        const workflow = await createWorkflow(app, principal, {
          ...{ definition, source, activate: query.activate === true, note: query.note },
        });
        const headers = { location: `/v1/workflows/${workflow.id}`, etag: workflowEtag(workflow) };
        return { status: 201, headers, body: { ...presentWorkflow(publicUrl, workflow), definition: maskSecrets(definition) } };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/workflows', tag, access: 'workflows.read', summary: 'List workflows by name' },
      query: z.strictObject({
        ...pageParams,
        search: z.string().max(200).optional().describe('Part of a name or tag, case aside'),
        active: booleanParam.optional().describe('Only those that are active, or only those that are not'),
      }),
      answers: { 200: { description: 'A page', schema: pageOf(WorkflowView) } },
      handle: async ({ principal, query }) => {
        const { search, active } = query;
        const filter = { ...(search === undefined ? {} : { search }), ...(active === undefined ? {} : { active }) };
        const bind = [principal.org, 'workflows', search ?? '', String(active)];
        const read = (page: Parameters<typeof listWorkflows>[2]) => listWorkflows(app, principal, { ...page, ...filter });
        return { status: 200, body: await answerPage(cursors, query, bind, read, (one) => presentWorkflow(publicUrl, one)) };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/workflows/{id}', tag, access: 'workflows.read', summary: 'Read a workflow' },
      description: 'With `Accept: application/yaml` the answer is the definition as YAML, comments kept.',
      headers: unchanged,
      params: idParams,
      query: z.strictObject({
        version: integerParam.optional().describe('With the definition of this version; of the newest when absent'),
      }),
      answers: {
        200: { description: 'The workflow with its newest definition', schema: WorkflowDetailView, alsoAs: 'application/yaml' },
        304: { description: 'As you have it already' },
      },
      handle: async ({ principal, params, query, request }) => {
        const found = await getWorkflow(app, principal, params.id, query.version);
        const isYaml = wantsYaml(request.header('accept'));
        const etag = workflowEtag(found.workflow, isYaml ? '-yaml' : '');
        const headers = { etag, vary: 'Accept' };
        const { definition, source } = found.version;
        if (!isYaml) return { status: 200, headers, body: presentDetail(publicUrl, found) };
        const text = await renderDefinition(definition, source, 'yaml');
        return { status: 200, headers: { ...headers, 'content-type': 'application/yaml' }, text };
      },
    }),
    route({
      ...{ method: 'put', path: '/v1/workflows/{id}', tag, access: 'workflows.write', summary: 'Save as a new version' },
      headers: conditional,
      params: idParams,
      query: z.strictObject(saving),
      body: definitionBody,
      yaml: true,
      answers: { 200: { description: 'Version n + 1 was saved', schema: WorkflowDetailView } },
      problems: ['INVALID_DEFINITION', 'NAME_TAKEN', 'VERSION_MISMATCH', 'CONFLICT'],
      handle: async ({ principal, params, body, source, query, request }) => {
        const ifVersion = ifMatch(request.header('if-match'));
        const definition = await requireDefinition(app, principal.org, body);
        const workflow = await putWorkflow(app, principal, {
          ...{ workflowId: params.id, definition, source, activate: query.activate === true, note: query.note },
          ...(ifVersion === undefined ? {} : { ifVersion }),
        });
        const headers = { etag: workflowEtag(workflow) };
        return { status: 200, headers, body: { ...presentWorkflow(publicUrl, workflow), definition: maskSecrets(definition) } };
      },
    }),
    route({
      ...{ method: 'delete', path: '/v1/workflows/{id}', tag, access: 'workflows.write', summary: 'Delete a workflow' },
      description: 'Its triggers stop at once; executions that run go on, and stay readable.',
      headers: conditional,
      params: idParams,
      answers: { 204: { description: 'Deleted' } },
      problems: ['VERSION_MISMATCH', 'CONFLICT'],
      handle: async ({ principal, params, request }) => {
        const ifVersion = ifMatch(request.header('if-match'));
        await deleteWorkflow(app, principal, { workflowId: params.id, ...(ifVersion === undefined ? {} : { ifVersion }) });
        return { status: 204 };
      },
    }),
  ];
}

export function wantsYaml(accept: string | null): boolean {
  if (accept === null) return false;
  const yaml = accept.search(/(application|text)\/(x-)?yaml/i);
  const json = accept.search(/application\/json/i);
  return yaml >= 0 && (json < 0 || yaml < json);
}

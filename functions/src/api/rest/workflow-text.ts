/** Definitions as text: checking and exporting them. */

import { Problem } from '@automateos/shared/model/problem';
import { z } from 'zod';
import { checkDefinition } from '../../app/workflows/check-definition.ts';
import { type ExportedFile, exportWorkflow, exportWorkflows } from '../../app/workflows/export-workflows.ts';
import { idParams, integerParam } from '../http/query-params.ts';
import { type Answer, type Route, route } from '../http/route.ts';
import { definitionBody } from './definition-body.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Workflows';

const format = z.enum(['json', 'yaml']).default('json').describe('How the file is written');

function fileOf({ name, text }: ExportedFile, format: 'json' | 'yaml'): Answer {
  const file = `${name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 80)}.${format}`;
  const headers = { 'content-type': `application/${format}`, 'content-disposition': `attachment; filename="${file}"` };
  return { status: 200, headers, text };
}

export function workflowTextRoutes({ app }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'post', path: '/v1/workflows/validate', tag, access: 'workflows.read', summary: 'Check a definition' },
      description: 'Finds every problem at once; nothing is stored.',
      body: definitionBody,
      yaml: true,
      answers: { 200: { description: 'The verdict', schema: z.object({ valid: z.boolean(), problems: z.array(Problem) }) } },
      handle: async ({ principal, body }) => {
        const { definition, problems } = await checkDefinition(app, principal.org, body);
        return { status: 200, body: { valid: definition !== null && problems.length === 0, problems } };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/workflows/{id}/export', tag, access: 'workflows.read', summary: 'Download the definition' },
      params: idParams,
      description:
        'Credentials and other workflows are told by name, so that it means the same elsewhere; secrets are not in it.',
      query: z.strictObject({ format, version: integerParam.optional().describe('The newest when absent') }),
      answers: { 200: { description: 'The definition as a file', media: 'application/json', alsoAs: 'application/yaml' } },
      handle: async ({ principal, params, query }) => {
        const { format, version } = query;
        return fileOf(await exportWorkflow(app, principal, { workflowId: params.id, format, version }), format);
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/workflows/export', tag, access: 'workflows.read', summary: 'Download many definitions' },
      description: 'YAML documents one after the other, or a JSON array; at most 200. Each can be imported by itself.',
      query: z.strictObject({
        format,
        ids: z
          .string()
          .regex(/^[A-Za-z0-9_]{1,64}(,[A-Za-z0-9_]{1,64})*$/, 'must be ids, separated by commas')
          .transform((text) => text.split(','))
          .optional()
          .meta({ docs: { type: 'string' }, description: 'Those of these ids, separated by commas; all when absent' }),
      }),
      answers: { 200: { description: 'The definitions as one file', media: 'application/json', alsoAs: 'application/yaml' } },
      problems: ['INVALID_PARAMS'],
      handle: async ({ principal, query }) => {
        const text = await exportWorkflows(app, principal, query);
        return fileOf({ name: 'workflows', text }, query.format);
      },
    }),
  ];
}

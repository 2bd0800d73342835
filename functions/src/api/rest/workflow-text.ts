/** Definitions as text: checking and exporting them. */

import { Problem } from '@automateos/shared/model/problem';
import { z } from 'zod';
import { checkDefinition } from '../../app/workflows/check-definition.ts';
import { renderDefinition } from '../../app/workflows/definition-text.ts';
import { getWorkflow } from '../../app/workflows/get-workflow.ts';
import { idParams, integerParam } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import { definitionBody } from './definition-body.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Workflows';

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
      query: z.strictObject({ format: z.enum(['json', 'yaml']).default('json'), version: integerParam.optional() }),
      answers: { 200: { description: 'The definition as a file', media: 'application/json', alsoAs: 'application/yaml' } },
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
  ];
}

/** Variables: `vars` in expressions. */
import { z } from 'zod';
import {
  createVariable,
  deleteVariable,
  getVariable,
  listVariables,
  putVariable,
  Variable,
  VariableName,
} from '../../app/variables/variables.ts';
import { answerPage } from '../http/cursor.ts';
import { conditional, contentEtag, ifMatchContent, unchanged } from '../http/etag.ts';
import { pageOf, pageParams } from '../http/query-params.ts';
import { type Answer, type Route, route } from '../http/route.ts';
import { anyJson } from './definition-body.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Variables';
const nameParams = z.object({ name: z.string() });
const VariableView = z.object({ ...Variable.shape, value: z.unknown() }).meta({ id: 'Variable' });

const asIs = (variable: Variable): Variable => variable;

function answerVariable(variable: Variable): Answer {
  return { status: 200, headers: { etag: contentEtag(variable) }, body: variable };
}

export function variableRoutes({ app, cursors }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'post', path: '/v1/variables', tag, access: 'variables.write', summary: 'Create a variable' },
      body: z.strictObject({ name: VariableName, value: anyJson }),
      answers: { 201: { description: 'Created', schema: VariableView } },
      problems: ['CONFLICT'],
      handle: async ({ principal, body }) => {
        const made = await createVariable(app, principal, body);
        return { status: 201, headers: { location: `/v1/variables/${made.name}`, etag: contentEtag(made) }, body: made };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/variables', tag, access: 'variables.read', summary: 'List variables by name' },
      query: z.strictObject(pageParams),
      answers: { 200: { description: 'A page', schema: pageOf(VariableView) } },
      handle: async ({ principal, query }) => {
        const read = (page: Parameters<typeof listVariables>[2]) => listVariables(app, principal, page);
        return { status: 200, body: await answerPage(cursors, query, [principal.org, 'variables'], read, (item) => item) };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/variables/{name}', tag, access: 'variables.read', summary: 'Read a variable' },
      params: nameParams,
      headers: unchanged,
      answers: { 200: { description: 'The variable', schema: VariableView }, 304: { description: 'As you have it already' } },
      handle: async ({ principal, params }) => answerVariable(await getVariable(app, principal, params.name)),
    }),
    route({
      ...{ method: 'put', path: '/v1/variables/{name}', tag, access: 'variables.write', summary: 'Change a variable' },
      headers: conditional,
      params: nameParams,
      body: z.strictObject({ value: anyJson }),
      answers: { 200: { description: 'Changed', schema: VariableView } },
      problems: ['CONFLICT', 'PRECONDITION_FAILED'],
      handle: async ({ principal, params, body, request }) => {
        const expected = ifMatchContent<Variable>(request.header('if-match'), asIs);
        return answerVariable(await putVariable(app, principal, { name: params.name, value: body.value, expected }));
      },
    }),
    route({
      ...{ method: 'delete', path: '/v1/variables/{name}', tag, access: 'variables.write', summary: 'Delete a variable' },
      headers: conditional,
      params: nameParams,
      answers: { 204: { description: 'Deleted' } },
      problems: ['CONFLICT', 'PRECONDITION_FAILED'],
      handle: async ({ principal, params, request }) => {
        const expected = ifMatchContent<Variable>(request.header('if-match'), asIs);
        await deleteVariable(app, principal, params.name, expected);
        return { status: 204 };
      },
    }),
  ];
}

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
import { pageOf, pageParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import { anyJson } from './definition-body.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Variables';
const nameParams = z.object({ name: z.string() });
const VariableView = z.object({ ...Variable.shape, value: z.unknown() }).meta({ id: 'Variable' });

export function variableRoutes({ app, cursors }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'post', path: '/v1/variables', tag, access: 'variables.write', summary: 'Create a variable' },
      body: z.strictObject({ name: VariableName, value: anyJson }),
      answers: { 201: { description: 'Created', schema: VariableView } },
      problems: ['CONFLICT'],
      handle: async ({ principal, body }) => ({ status: 201, body: await createVariable(app, principal, body) }),
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
      answers: { 200: { description: 'The variable', schema: VariableView } },
      handle: async ({ principal, params }) => ({ status: 200, body: await getVariable(app, principal, params.name) }),
    }),
    route({
      ...{ method: 'put', path: '/v1/variables/{name}', tag, access: 'variables.write', summary: 'Change a variable' },
      params: nameParams,
      body: z.strictObject({ value: anyJson }),
      answers: { 200: { description: 'Changed', schema: VariableView } },
      problems: ['CONFLICT'],
      handle: async ({ principal, params, body }) => {
        return { status: 200, body: await putVariable(app, principal, { name: params.name, value: body.value }) };
      },
    }),
    route({
      ...{ method: 'delete', path: '/v1/variables/{name}', tag, access: 'variables.write', summary: 'Delete a variable' },
      params: nameParams,
      answers: { 204: { description: 'Deleted' } },
      handle: async ({ principal, params }) => {
        await deleteVariable(app, principal, params.name);
        return { status: 204 };
      },
    }),
  ];
}

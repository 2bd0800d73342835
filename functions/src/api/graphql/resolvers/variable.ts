/** Variables: `vars` in expressions. */
import {
  createVariable,
  deleteVariable,
  getVariable,
  listVariables,
  putVariable,
  VariableName,
} from '../../../app/variables/variables.ts';
import { connect } from '../connection.ts';
import type { MutationResolvers, QueryResolvers } from '../generated/resolver-types.ts';
import { parseInput } from '../inputs.ts';
import { orNull, orRefused } from '../refusal.ts';

export const variableQueries: QueryResolvers = {
  variable: (_, { name }, { app, principal }) => orNull(() => getVariable(app, principal, name)),
  variables: (_, page, context) =>
    connect(context, page, {
      bind: ['variables'],
      read: (request) => listVariables(context.app, context.principal, request),
      present: (variable) => variable,
    }),
};

export const variableMutations: MutationResolvers = {
  createVariable: (_, { name, value }, { app, principal }) =>
    orRefused(async () => createVariable(app, principal, { name: parseInput(VariableName, name), value })),
  updateVariable: (_, { name, value }, { app, principal }) => orRefused(() => putVariable(app, principal, { name, value })),
  deleteVariable: (_, { name }, { app, principal }) =>
    orRefused(async () => {
      await deleteVariable(app, principal, name);
      return { id: name };
    }),
};

/** The node types of this installation: data for forms, palettes and editors. */
import { presentNodeTypes } from '../../rest/node-types.ts';
import type { QueryResolvers } from '../generated/resolver-types.ts';

export const nodeTypeQueries: QueryResolvers = {
  nodeTypes: (_, __, { app }) => presentNodeTypes(app.nodeTypes),
  nodeType: (_, { type }, { app }) => presentNodeTypes(app.nodeTypes).find((one) => one.type === type) ?? null,
};

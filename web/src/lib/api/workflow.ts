/** Workflows and node types as the REST interface shows them, read leniently. */
import { DefinitionEdge } from '@automateos/shared/model/definition';
import { Problem } from '@automateos/shared/model/problem';
import { z } from 'zod';
import { AnyValue } from './any-value.ts';

/** What the console draws of a node; a definition of a newer server may carry more. */
export const GraphNode = z.looseObject({
  id: z.string(),
  type: z.string(),
  params: z.record(z.string(), AnyValue).catch({}),
  label: z.string().optional(),
  notes: z.string().optional(),
  parent: z.string().optional(),
  disabled: z.boolean().optional(),
});
export type GraphNode = z.infer<typeof GraphNode>;

export const GraphDefinition = z.looseObject({
  name: z.string().catch(''),
  description: z.string().optional(),
  inputs: z.record(z.string(), AnyValue).optional().catch(undefined),
  nodes: z.array(GraphNode).catch([]),
  edges: z.array(DefinitionEdge.catchall(AnyValue)).catch([]),
});
export type GraphDefinition = z.infer<typeof GraphDefinition>;

const Trigger = z.looseObject({ nodeId: z.string().optional(), type: z.string(), url: z.string().optional() });

export const Workflow = z.looseObject({
  id: z.string(),
  name: z.string(),
  version: z.number().catch(1),
  active: z.boolean().catch(false),
  activeVersion: z.number().nullish(),
  description: z.string().nullish(),
  tags: z.array(z.string()).optional().catch(undefined),
  triggers: z.array(Trigger).optional().catch(undefined),
  webhookUrl: z.string().nullish(),
  definition: GraphDefinition.optional(),
  updatedAt: z.string().nullish(),
});
export type Workflow = z.infer<typeof Workflow>;

export const WorkflowPage = z.looseObject({ items: z.array(Workflow), nextCursor: z.string().nullish() });

export const NodeType = z.looseObject({
  type: z.string(),
  title: z.string(),
  description: z.string().catch(''),
  icon: z.string().catch(''),
  kind: z.string().catch('flow'),
  ports: z.array(z.string()).optional().catch(undefined),
  /** The params decide which ports there are. */
  dynamicPorts: z.boolean().optional().catch(undefined),
  /** `control` without being a container: the step waits for something. */
  effect: z.string().optional().catch(undefined),
  container: z.boolean().optional().catch(undefined),
});
export type NodeType = z.infer<typeof NodeType>;

export const NodeTypeList = z.union([
  z.array(NodeType).transform((items) => ({ items })),
  z.looseObject({ items: z.array(NodeType) }),
]);
export const Validation = z.looseObject({ valid: z.boolean(), problems: z.array(Problem).catch([]) });

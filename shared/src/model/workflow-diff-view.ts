/** What changed between two versions of a workflow, as clients see it. */
import { z } from 'zod';
import { DefinitionEdge } from './definition.ts';

export const FieldChange = z
  .object({
    path: z.array(z.union([z.string(), z.int()])).describe('Keys and list positions: ["params", "headers", "accept"]'),
    kind: z.enum(['added', 'removed', 'changed']),
    before: z.unknown().optional().describe('Absent where it was added'),
    after: z.unknown().optional().describe('Absent where it was removed'),
  })
  .meta({ id: 'FieldChange' });
export type FieldChange = z.infer<typeof FieldChange>;

const NodeName = z.object({ id: z.string(), type: z.string() });

export const WorkflowDiffView = z
  .object({
    workflowId: z.string(),
    from: z.int(),
    to: z.int(),
    identical: z.boolean(),
    nodes: z.object({
      added: z.array(NodeName),
      removed: z.array(NodeName),
      changed: z.array(
        NodeName.extend({
          layoutOnly: z.boolean().describe('Only its place on the canvas is another'),
          changes: z.array(FieldChange),
        }),
      ),
    }),
    edges: z.object({ added: z.array(DefinitionEdge), removed: z.array(DefinitionEdge) }),
    settings: z.array(FieldChange),
    fields: z.array(FieldChange).describe('Name, description, tags and inputs'),
  })
  .meta({ id: 'WorkflowDiff' });
export type WorkflowDiffView = z.infer<typeof WorkflowDiffView>;

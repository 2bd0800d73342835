import { z } from 'zod';
import { Definition } from './definition.ts';

/** The workflow itself; versions and the draft are documents below it. A deleted workflow keeps its document until retention. */
export const Workflow = z.object({
  id: z.string(),
  org: z.string(),
  name: z.string(),
  activeVersion: z.int().nullable(),
  latestVersion: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
  createdBy: z.string(),
});
export type Workflow = z.infer<typeof Workflow>;

/** Immutable. */
export const WorkflowVersion = z.object({
  workflowId: z.string(),
  version: z.int(),
  definition: Definition,
  /** The YAML it was written in, comments and all; null when it came as JSON. */
  source: z.string().nullable(),
  createdAt: z.string(),
  createdBy: z.string(),
});
export type WorkflowVersion = z.infer<typeof WorkflowVersion>;

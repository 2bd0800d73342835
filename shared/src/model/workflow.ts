import { z } from 'zod';
import { Definition } from './definition.ts';

/** What lists show of the newest version, so that they need not read it. */
export const WorkflowSummary = z.object({
  description: z.string(),
  tags: z.array(z.string()),
  nodes: z.int(),
  /** `path` is a webhook's own part of the address. */
  triggers: z.array(z.object({ nodeId: z.string(), type: z.string(), path: z.string().optional() })),
});
export type WorkflowSummary = z.infer<typeof WorkflowSummary>;

/** The workflow itself; versions and the draft are documents below it. Deleting removes it and leaves a `deleted-workflows` document for retention. */
export const Workflow = z.object({
  id: z.string(),
  org: z.string(),
  name: z.string(),
  activeVersion: z.int().nullable(),
  latestVersion: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
  createdBy: z.string(),
  summary: WorkflowSummary.optional(),
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
  /** What this version is about, for people; the one field that may change. */
  note: z.string().optional(),
});
export type WorkflowVersion = z.infer<typeof WorkflowVersion>;

/** Work in progress of one editor: any JSON object, complete or not. */
export const WorkflowDraft = z.object({
  workflowId: z.string(),
  definition: z.record(z.string(), z.json()),
  source: z.string().nullable(),
  /** Raised by each save; the draft's ETag. */
  rev: z.int(),
  /** The version it was started from. */
  baseVersion: z.int(),
  updatedAt: z.string(),
  updatedBy: z.string(),
  /** When the audit log last had a line of it: it is saved more often than anybody would read. */
  loggedAt: z.string().optional(),
});
export type WorkflowDraft = z.infer<typeof WorkflowDraft>;

/** An event or error trigger of an active version, or its offer as a tool (settings.mcp), findable by `type`. */
export const LiveTrigger = z.object({
  /** `{workflowId}:{nodeId}` */
  id: z.string(),
  workflowId: z.string(),
  nodeId: z.string(),
  version: z.int(),
  type: z.enum(['trigger.event', 'trigger.error', 'mcp.tool']),
  params: z.record(z.string(), z.json()),
});
export type LiveTrigger = z.infer<typeof LiveTrigger>;

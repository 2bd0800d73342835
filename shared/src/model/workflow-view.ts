/** Workflows as clients see them (REST, console, CLI). */
import { z } from 'zod';
import { Definition } from './definition.ts';
import { Problem } from './problem.ts';

export const TriggerView = z.object({
  nodeId: z.string(),
  type: z.string(),
  /** Address of a webhook; answers while the workflow is active. */
  url: z.string().optional(),
  /** The same for the draft. */
  testUrl: z.string().optional(),
});
export type TriggerView = z.infer<typeof TriggerView>;

export const WorkflowView = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    tags: z.array(z.string()),
    /** The version shown: the newest, unless another was asked for. */
    version: z.int(),
    latestVersion: z.int(),
    activeVersion: z.int().nullable(),
    active: z.boolean(),
    nodeCount: z.int(),
    triggers: z.array(TriggerView),
    createdAt: z.string(),
    updatedAt: z.string(),
    createdBy: z.string(),
  })
  .meta({ id: 'Workflow' });
export type WorkflowView = z.infer<typeof WorkflowView>;

/** The definition under the name that the OpenAPI document gives it. */
export const DefinitionView = Definition.meta({ id: 'Definition' });

export const WorkflowDetailView = WorkflowView.extend({ definition: DefinitionView }).meta({ id: 'WorkflowDetail' });
export type WorkflowDetailView = z.infer<typeof WorkflowDetailView>;

export const WorkflowVersionView = z
  .object({
    version: z.int(),
    name: z.string(),
    active: z.boolean(),
    nodeCount: z.int(),
    note: z.string().nullable().describe('What this version is about'),
    createdAt: z.string(),
    createdBy: z.string(),
  })
  .meta({ id: 'WorkflowVersion' });
export type WorkflowVersionView = z.infer<typeof WorkflowVersionView>;

export const WorkflowDraftView = z
  .object({
    definition: z.record(z.string(), z.unknown()),
    problems: z.array(Problem),
    rev: z.int(),
    baseVersion: z.int().describe('The version it was started from'),
    latestVersion: z.int(),
    outdated: z.boolean().describe('The workflow has moved on since: saving this would undo what came after baseVersion'),
    updatedAt: z.string(),
    updatedBy: z.string(),
  })
  .meta({ id: 'WorkflowDraft' });
export type WorkflowDraftView = z.infer<typeof WorkflowDraftView>;

/** Who has work in progress. */
export const WorkflowDraftSummaryView = WorkflowDraftView.omit({ definition: true, problems: true }).meta({
  id: 'WorkflowDraftSummary',
});
export type WorkflowDraftSummaryView = z.infer<typeof WorkflowDraftSummaryView>;

/** Versions and drafts of workflows. */

import { maskSecrets } from '../../../app/workflows/webhook-secrets.ts';
import { presentDraft, presentWorkflow } from '../../rest/present-workflow.ts';
import type { WorkflowDraftResolvers, WorkflowVersionResolvers } from '../generated/resolver-types.ts';
import { presentProblem, workflowOf } from './workflow.ts';

export const versionFields: WorkflowVersionResolvers = {
  workflowId: ({ version }) => version.workflowId,
  number: ({ version }) => version.version,
  name: ({ version }) => version.definition.name,
  nodeCount: ({ version }) => version.definition.nodes.length,
  active: ({ version, workflow }) => workflow?.activeVersion === version.version,
  createdAt: ({ version }) => version.createdAt,
  createdBy: ({ version }) => version.createdBy,
  note: ({ version }) => version.note ?? null,
  definition: ({ version }) => maskSecrets(version.definition),
  workflow: ({ version, workflow }, _, context) =>
    workflow === undefined ? workflowOf(context, version.workflowId) : presentWorkflow(context.app.settings.publicUrl, workflow),
};

export const draftFields: WorkflowDraftResolvers = {
  workflowId: ({ draft }) => draft.workflowId,
  definition: (source) => presentDraft(source).definition,
  problems: ({ problems }) => problems.map(presentProblem),
  revision: ({ draft }) => draft.rev,
  baseVersion: ({ draft }) => draft.baseVersion,
  outdated: (source) => presentDraft(source).outdated,
  updatedAt: ({ draft }) => draft.updatedAt,
  updatedBy: ({ draft }) => draft.updatedBy,
};

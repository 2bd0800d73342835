/** Stored workflows as clients see them. */
import type { Workflow } from '@automateos/shared/model/workflow';
import type { TriggerView, WorkflowDetailView, WorkflowDraftView, WorkflowView } from '@automateos/shared/model/workflow-view';
import { asDocument } from '../../app/engine/as-document.ts';
import type { CheckedDraft } from '../../app/workflows/draft.ts';
import type { WorkflowWithVersion } from '../../app/workflows/get-workflow.ts';
import { maskSecrets } from '../../app/workflows/webhook-secrets.ts';
import { summaryOf } from '../../app/workflows/workflow-writes.ts';

type Summary = ReturnType<typeof summaryOf>;

const noSummary: Summary = { description: '', tags: [], nodes: 0, triggers: [] };

export function presentWorkflow(
  publicUrl: string,
  workflow: Workflow,
  summary: Summary = workflow.summary ?? noSummary,
): WorkflowView {
  const { id, name, latestVersion, activeVersion, createdAt, updatedAt, createdBy } = workflow;
  return {
    ...{ id, name, description: summary.description, tags: summary.tags },
    ...{ version: latestVersion, latestVersion, activeVersion, active: activeVersion !== null },
    nodeCount: summary.nodes,
    triggers: summary.triggers.map((trigger) => presentTrigger(publicUrl, id, trigger)),
    ...{ createdAt, updatedAt, createdBy },
  };
}

function presentTrigger(publicUrl: string, workflowId: string, { nodeId, type, path }: Summary['triggers'][number]): TriggerView {
  if (type !== 'trigger.webhook') return { nodeId, type };
  const address = path === undefined ? workflowId : `${workflowId}/${path}`;
  return { nodeId, type, url: `${publicUrl}/hooks/${address}`, testUrl: `${publicUrl}/hooks-test/${address}` };
}

export function presentDetail(publicUrl: string, { workflow, version }: WorkflowWithVersion): WorkflowDetailView {
  const { definition } = version;
  const view = presentWorkflow(publicUrl, workflow, summaryOf(definition));
  return { ...view, name: definition.name, version: version.version, definition: maskSecrets(definition) };
}

export function presentDraft({ draft, problems }: CheckedDraft): WorkflowDraftView {
  const { definition, rev, baseVersion, updatedAt, updatedBy } = draft;
  return { definition: maskedDraft(definition), problems: [...problems], rev, baseVersion, updatedAt, updatedBy };
}

function maskedDraft(definition: CheckedDraft['draft']['definition']): WorkflowDraftView['definition'] {
  return { ...maskSecrets(asDocument(definition)) } as WorkflowDraftView['definition']; // z.json() infers mutable arrays; same content
}

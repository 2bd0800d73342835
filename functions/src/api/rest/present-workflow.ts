/** Stored workflows as clients see them. */
import type { Workflow, WorkflowVersion } from '@automateos/shared/model/workflow';
import type {
  TriggerView,
  WorkflowDetailView,
  WorkflowDraftSummaryView,
  WorkflowDraftView,
  WorkflowVersionView,
  WorkflowView,
} from '@automateos/shared/model/workflow-view';
import { asDocument } from '../../app/engine/as-document.ts';
import type { CheckedDraft, DraftSummary } from '../../app/workflows/draft.ts';
import type { WorkflowWithVersion } from '../../app/workflows/get-workflow.ts';
import { maskSecrets } from '../../app/workflows/webhook-secrets.ts';
import { summaryOf } from '../../app/workflows/workflow-writes.ts';
import { etagOf } from '../http/etag.ts';

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

export function presentDraft({ draft, problems, latestVersion }: CheckedDraft): WorkflowDraftView {
  const summary = presentDraftSummary({ ...draft, latestVersion });
  return { definition: maskedDraft(draft.definition), problems: [...problems], ...summary };
}

export function presentDraftSummary({ rev, baseVersion, latestVersion, ...saved }: DraftSummary): WorkflowDraftSummaryView {
  const { updatedAt, updatedBy } = saved;
  return { rev, baseVersion, latestVersion, outdated: baseVersion < latestVersion, updatedAt, updatedBy };
}

/** Saving and activating both change what a reader sees; If-Match looks at the version alone. */
export function workflowEtag({ latestVersion, activeVersion }: Workflow, variant = ''): string {
  return etagOf(latestVersion, `${activeVersion === null ? '' : `.${activeVersion}`}${variant}`);
}

export function presentVersion(workflow: Workflow, { version, definition, note, ...made }: WorkflowVersion): WorkflowVersionView {
  const active = workflow.activeVersion === version;
  const { createdAt, createdBy } = made;
  const nodeCount = definition.nodes.length;
  return { version, name: definition.name, active, nodeCount, note: note ?? null, createdAt, createdBy };
}

function maskedDraft(definition: CheckedDraft['draft']['definition']): WorkflowDraftView['definition'] {
  return { ...maskSecrets(asDocument(definition)) } as WorkflowDraftView['definition']; // z.json() infers mutable arrays; same content
}

/** The documents behind a saved workflow, as writes of one commit. */
import { AppError } from '@automateos/shared/model/app-error';
import type { Definition } from '@automateos/shared/model/definition';
import { paths } from '@automateos/shared/model/paths';
import type { WorkflowSummary, WorkflowVersion } from '@automateos/shared/model/workflow';
import type { CommitResult, Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { Outrun } from '../decide-again.ts';
import { asDocument } from '../engine/as-document.ts';
import { normalizeName, workflowNameDigest } from './workflow-name.ts';

/** A definition and the YAML it was written in; null when it came as JSON. */
export type SavedText = { readonly definition: Definition; readonly source: string | null };

export function summaryOf(definition: Definition): WorkflowSummary {
  const triggers = definition.nodes.filter((node) => node.type.startsWith('trigger.')).slice(0, 10);
  return {
    description: definition.description ?? '',
    tags: definition.tags ?? [],
    nodes: definition.nodes.length,
    triggers: triggers.map(({ id, type, params }) => {
      const path = type === 'trigger.webhook' && typeof params.path === 'string' ? params.path.replace(/^\//, '') : '';
      return { nodeId: id, type, ...(path === '' ? {} : { path }) };
    }),
  };
}

/** A field that is there only where something stands in it. */
export function noteOf(note: string | undefined): { readonly note?: string } {
  return note === undefined || note === '' ? {} : { note };
}

export function versionWrite(org: string, version: WorkflowVersion): Write {
  return { kind: 'create', path: paths.version(org, version.workflowId, version.version), data: asDocument(version) };
}

export function reserveName(org: string, name: string, workflowId: string): Write {
  const data = { workflowId, name: normalizeName(name) };
  return { kind: 'create', path: paths.workflowName(org, workflowNameDigest(name)), data };
}

export function releaseName(org: string, name: string): Write {
  return { kind: 'delete', path: paths.workflowName(org, workflowNameDigest(name)) };
}

/** Says in the caller's words why a commit of these writes failed. */
export async function explainFailedCommit(
  app: App,
  org: string,
  name: string,
  failed: Extract<CommitResult, { ok: false }>,
): Promise<AppError> {
  const namePath = paths.workflowName(org, workflowNameDigest(name));
  if (failed.path === namePath) {
    const holder = await app.store.get(namePath);
    const id = holder?.data.workflowId;
    return new AppError('NAME_TAKEN', { name, id: typeof id === 'string' ? id : 'the other one' });
  }
  return new Outrun('workflow');
}

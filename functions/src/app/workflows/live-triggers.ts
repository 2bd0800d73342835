/**
 * What activation makes live: a schedule document per trigger.schedule and a findable document per trigger.event and trigger.error.
 * (Webhooks and manual triggers need none: they are looked up by workflow.) Disabled nodes start nothing.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Definition, DefinitionNode } from '@automateos/shared/model/definition';
import { paths } from '@automateos/shared/model/paths';
import { scheduleId } from '@automateos/shared/model/schedule';
import type { LiveTrigger } from '@automateos/shared/model/workflow';
import type { Snapshot, Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { asDocument } from '../engine/as-document.ts';
import { newSchedule } from '../schedules/new-schedule.ts';

/** One commit must hold them all, old and new. */
const triggerLimit = 150;

type Activation = {
  readonly org: string;
  readonly workflowId: string;
  readonly version: number;
  readonly definition: Definition;
};

/** Writes that replace the live triggers of a workflow by those of `activation`; null takes them all down. */
export async function liveTriggerWrites(
  app: App,
  org: string,
  workflowId: string,
  activation: Activation | null,
): Promise<readonly Write[]> {
  const writes = new Map<string, Write>();
  const earlier = new Map<string, Snapshot>();
  for (const collection of [paths.schedules(org), paths.triggers(org)]) {
    const rows = await app.store.query({ collection, where: [['workflowId', '==', workflowId]] });
    for (const row of rows) {
      earlier.set(row.path, row);
      writes.set(row.path, { kind: 'delete', path: row.path });
    }
  }
  if (activation !== null) {
    const nodes = activation.definition.nodes.filter((node) => node.type.startsWith('trigger.') && node.disabled !== true);
    if (nodes.length > triggerLimit)
      throw new AppError('INVALID_PARAMS', { reason: `At most ${triggerLimit} triggers can be live.` });
    for (const node of nodes) {
      const write = triggerWrite(app, activation, node, earlier);
      if (write !== null) writes.set(write.path, write);
    }
  }
  return [...writes.values()];
}

function triggerWrite(
  app: App,
  activation: Activation,
  node: DefinitionNode,
  earlier: ReadonlyMap<string, Snapshot>,
): Write | null {
  const { org, workflowId, version } = activation;
  const id = scheduleId(workflowId, node.id);
  switch (node.type) {
    case 'trigger.schedule': {
      const path = paths.schedule(org, id);
      const data = newSchedule(app, { org, workflowId, version }, node, earlier.get(path));
      // Unconditional: what the scheduler stores in this moment may be lost, and is decided again with the same outcome.
      return { kind: 'set', path, data: asDocument(data) };
    }
    case 'trigger.event':
    case 'trigger.error': {
      const data: LiveTrigger = { id, workflowId, nodeId: node.id, version, type: node.type, params: { ...node.params } };
      return { kind: 'set', path: paths.trigger(org, id), data: asDocument(data) };
    }
    default:
      return null;
  }
}

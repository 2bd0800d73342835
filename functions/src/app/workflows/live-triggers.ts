/**
 * What activation makes live: a schedule document per trigger.schedule and a findable document per trigger.event and trigger.error.
 * (Webhooks and manual triggers need none: they are looked up by workflow.) Disabled nodes start nothing.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Definition, DefinitionNode } from '@automateos/shared/model/definition';
import { nodeParams } from '@automateos/shared/model/definition';
import { paths } from '@automateos/shared/model/paths';
import { type Schedule, scheduleId } from '@automateos/shared/model/schedule';
import type { LiveTrigger } from '@automateos/shared/model/workflow';
import type { Write } from '@automateos/shared/ports/document-store';
import { z } from 'zod';
import type { App } from '../app-context.ts';
import { asDocument } from '../engine/as-document.ts';
import { firstDue } from './first-due.ts';

/** One commit must hold them all, old and new. */
const triggerLimit = 150;

const ScheduleParams = z.object({
  cron: z.string(),
  timeZone: z.string(),
  jitterMs: z.int().optional(),
  overlap: z.enum(['skip', 'queue', 'allow']),
  missed: z.enum(['run-once', 'skip', 'run-all']),
});

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
  for (const collection of [paths.schedules(org), paths.triggers(org)]) {
    const rows = await app.store.query({ collection, where: [['workflowId', '==', workflowId]] });
    for (const row of rows) writes.set(row.path, { kind: 'delete', path: row.path });
  }
  if (activation !== null) {
    const nodes = activation.definition.nodes.filter((node) => node.type.startsWith('trigger.') && node.disabled !== true);
    if (nodes.length > triggerLimit)
      throw new AppError('INVALID_PARAMS', { reason: `At most ${triggerLimit} triggers can be live.` });
    for (const node of nodes) {
      const write = triggerWrite(app, activation, node);
      if (write !== null) writes.set(write.path, write);
    }
  }
  return [...writes.values()];
}

function triggerWrite(app: App, activation: Activation, node: DefinitionNode): Write | null {
  const { org, workflowId, version } = activation;
  const id = scheduleId(workflowId, node.id);
  switch (node.type) {
    case 'trigger.schedule':
      return { kind: 'set', path: paths.schedule(org, id), data: scheduleOf(app, activation, node) };
    case 'trigger.event':
    case 'trigger.error': {
      const data: LiveTrigger = { id, workflowId, nodeId: node.id, version, type: node.type, params: { ...node.params } };
      return { kind: 'set', path: paths.trigger(org, id), data: asDocument(data) };
    }
    default:
      return null;
  }
}

function scheduleOf(app: App, { org, workflowId, version }: Activation, node: DefinitionNode): Schedule {
  const schema = app.nodeTypes.get(node.type)?.manifest.params;
  // the manifest fills defaults and reads "30s"; validation has passed, so a failure here is ours
  const params = ScheduleParams.parse(schema === undefined ? nodeParams(node) : schema.parse(nodeParams(node)));
  const id = scheduleId(workflowId, node.id);
  const { cron, timeZone, overlap, missed } = params;
  const jitterMs = params.jitterMs ?? 0;
  const { nextAt, due } = firstDue(app, { id, cron, timeZone, jitterMs });
  return { id, org, workflowId, nodeId: node.id, version, cron, timeZone, jitterMs, overlap, missed, nextAt, due, lastAt: null };
}

/**
 * What activation makes live: a schedule document per trigger.schedule and a findable document per trigger.event and trigger.error, and one
 * for a workflow that is offered as a tool.
 * (Webhooks and manual triggers need none: they are looked up by workflow.) Disabled nodes start nothing.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Definition, DefinitionNode } from '@automateos/shared/model/definition';
import { paths } from '@automateos/shared/model/paths';
import { Schedule, scheduleId } from '@automateos/shared/model/schedule';
import type { LiveTrigger } from '@automateos/shared/model/workflow';
import type { Snapshot, Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { asDocument } from '../engine/as-document.ts';
import { requireRoom } from '../quotas/require-quota.ts';
import { type JobChanges, jobChanges } from '../schedules/announce-jobs.ts';
import { newSchedule } from '../schedules/new-schedule.ts';
import { placeJobs } from '../schedules/place-jobs.ts';

/** One commit must hold them all, old and new. */
const triggerLimit = 150;

type Activation = {
  readonly org: string;
  readonly workflowId: string;
  readonly version: number;
  readonly definition: Definition;
};

/** `jobs` is to be announced when the writes are committed. */
export type LiveTriggers = { readonly writes: readonly Write[]; readonly jobs: JobChanges };

export const noLiveTriggers: LiveTriggers = { writes: [], jobs: { put: [], remove: [] } };

/** What replaces the live triggers of a workflow by those of `activation`; null takes them all down. */
export async function replaceLiveTriggers(
  app: App,
  org: string,
  workflowId: string,
  activation: Activation | null,
): Promise<LiveTriggers> {
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
      const write = triggerWrite(activation, node);
      if (write !== null) writes.set(write.path, write);
    }
    const tool = toolWrite(activation);
    if (tool !== null) writes.set(tool.path, tool);
  }
  const before = [...earlier.values()].filter(({ path }) => path.startsWith(`${paths.schedules(org)}/`));
  const after = activation === null ? [] : await liveSchedules(app, activation, earlier);
  await requireRoom(app, org, 'schedules', after.length - before.length);
  for (const schedule of after) {
    const path = paths.schedule(org, schedule.id);
    // Unconditional: what the scheduler stores in this moment may be lost, and is decided again with the same outcome.
    writes.set(path, { kind: 'set', path, data: asDocument(schedule) });
  }
  const jobs = jobChanges(
    before.map(({ data }) => Schedule.parse(data)),
    after,
  );
  return { writes: [...writes.values()], jobs };
}

async function liveSchedules(
  app: App,
  { org, workflowId, version, definition }: Activation,
  earlier: ReadonlyMap<string, Snapshot>,
): Promise<readonly Schedule[]> {
  const nodes = definition.nodes.filter((node) => node.type === 'trigger.schedule' && node.disabled !== true);
  const schedules = nodes.map((node) => {
    const path = paths.schedule(org, scheduleId(workflowId, node.id));
    return newSchedule(app, { org, workflowId, version }, node, earlier.get(path));
  });
  return placeJobs(app, schedules);
}

/** A workflow that opted in is found by the MCP server as triggers are by events. */
function toolWrite({ org, workflowId, version, definition }: Activation): Write | null {
  const { mcp } = definition.settings;
  if (mcp?.enabled !== true) return null;
  const id = scheduleId(workflowId, '$mcp');
  const data: LiveTrigger = { id, workflowId, nodeId: '$mcp', version, type: 'mcp.tool', params: {} };
  return { kind: 'set', path: paths.trigger(org, id), data: asDocument(data) };
}

function triggerWrite(activation: Activation, node: DefinitionNode): Write | null {
  const { org, workflowId, version } = activation;
  const id = scheduleId(workflowId, node.id);
  switch (node.type) {
    case 'trigger.event':
    case 'trigger.error': {
      const data: LiveTrigger = { id, workflowId, nodeId: node.id, version, type: node.type, params: { ...node.params } };
      return { kind: 'set', path: paths.trigger(org, id), data: asDocument(data) };
    }
    default:
      return null;
  }
}

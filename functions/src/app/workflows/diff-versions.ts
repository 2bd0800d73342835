/**
 * What changed from one version of a workflow to another: nodes by id, edges by their ends, settings and the other fields by path. The
 * order is that of ids and paths, so that the same two versions always give the same answer. Secrets show as `***` on both sides.
 */
import type { Definition, DefinitionEdge } from '@automateos/shared/model/definition';
import type { Principal } from '@automateos/shared/model/principal';
import type { FieldChange, WorkflowDiffView } from '@automateos/shared/model/workflow-diff-view';
import microdiff, { type Difference } from 'microdiff';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { readVersion, readWorkflow } from './read-workflow.ts';
import { maskSecrets } from './webhook-secrets.ts';

export type DiffVersions = { readonly workflowId: string; readonly from: number; readonly to: number };

/** Throws NOT_FOUND where the workflow or one of its versions is not there. */
export async function diffVersions(app: App, principal: Principal, request: DiffVersions): Promise<WorkflowDiffView> {
  requirePermission(principal, 'workflows.read');
  const { workflow } = await readWorkflow(app, principal.org, request.workflowId);
  const [from, to] = await Promise.all([
    readVersion(app, principal.org, workflow.id, request.from),
    readVersion(app, principal.org, workflow.id, request.to),
  ]);
  const changes = diffDefinitions(maskSecrets(from.definition), maskSecrets(to.definition));
  return { workflowId: workflow.id, from: from.version, to: to.version, ...changes };
}

export function diffDefinitions(before: Definition, after: Definition): Omit<WorkflowDiffView, 'workflowId' | 'from' | 'to'> {
  const room: Room = { left: mostPathCharacters };
  const nodes = diffNodes(before, after, room);
  const edges = diffEdges(before.edges, after.edges);
  const { nodes: _, edges: __, settings: old, ...fields } = before;
  const { nodes: ___, edges: ____, settings, ...newFields } = after;
  const parts = { nodes, edges, settings: fieldChanges(old, settings, room), fields: fieldChanges(fields, newFields, room) };
  const count = [nodes.added, nodes.removed, nodes.changed, edges.added, edges.removed, parts.settings, parts.fields]
    .map((list) => list.length)
    .reduce((sum, length) => sum + length, 0);
  return { identical: count === 0, ...parts };
}

function diffNodes(before: Definition, after: Definition, room: Room): WorkflowDiffView['nodes'] {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const now = new Map(after.nodes.map((node) => [node.id, node]));
  const ids = [...new Set([...old.keys(), ...now.keys()])].sort(byText);
  const result: { added: NodeName[]; removed: NodeName[]; changed: WorkflowDiffView['nodes']['changed'] } = {
    added: [],
    removed: [],
    changed: [],
  };
  for (const id of ids) {
    const [was, is] = [old.get(id), now.get(id)];
    if (was === undefined && is !== undefined) result.added.push({ id, type: is.type });
    if (was !== undefined && is === undefined) result.removed.push({ id, type: was.type });
    if (was === undefined || is === undefined) continue;
    const changes = fieldChanges(was, is, room);
    const layoutOnly = changes.every(({ path }) => path[0] === 'position');
    if (changes.length > 0) result.changed.push({ id, type: is.type, layoutOnly, changes });
  }
  return result;
}

type NodeName = WorkflowDiffView['nodes']['added'][number];

/** An edge that leads elsewhere is one removed and one added: it has no id. */
function diffEdges(before: readonly DefinitionEdge[], after: readonly DefinitionEdge[]): WorkflowDiffView['edges'] {
  const old = new Map(before.map((edge) => [edgeKey(edge), edge]));
  const now = new Map(after.map((edge) => [edgeKey(edge), edge]));
  const without = (these: Map<string, DefinitionEdge>, those: Map<string, DefinitionEdge>) =>
    [...these]
      .filter(([key]) => !those.has(key))
      .sort(([a], [b]) => byText(a, b))
      .map(([, edge]) => edge);
  return { added: without(now, old), removed: without(old, now) };
}

const edgeKey = ({ from, output, to }: DefinitionEdge): string => JSON.stringify([from, output ?? '', to]);

/** Characters of the paths of all changes: with long keys they would become far larger than the definitions. */
const mostPathCharacters = 1_048_576;

/** Steps of the paths of all values that are compared: each path is made anew. */
const mostPathSteps = 1_000_000;

type Room = { left: number };

/** Change by change; where they are too many to be listed, each field as a whole. */
function fieldChanges(before: object, after: object, room: Room): FieldChange[] {
  if (pathSteps(before) + pathSteps(after) > mostPathSteps) return wholeFields(before, after).map(changeOf);
  const found = microdiff({ ...before }, { ...after });
  for (const { path } of found) room.left -= path.reduce<number>((sum, key) => sum + String(key).length + 4, 0);
  const listed = room.left >= 0 ? found : wholeFields(before, after);
  return listed.map(changeOf).sort((a, b) => byPath(a.path, b.path));
}

function pathSteps(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null) return depth;
  let steps = depth;
  for (const one of Object.values(value)) steps += pathSteps(one, depth + 1);
  return steps;
}

function wholeFields(before: object, after: object): readonly Difference[] {
  const isSame = (name: string): boolean =>
    JSON.stringify(Reflect.get(before, name)) === JSON.stringify(Reflect.get(after, name));
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !isSame(name));
  return names.sort(byText).map((name): Difference => {
    const [oldValue, value]: unknown[] = [Reflect.get(before, name), Reflect.get(after, name)];
    if (oldValue === undefined) return { type: 'CREATE', path: [name], value };
    return value === undefined ? { type: 'REMOVE', path: [name], oldValue } : { type: 'CHANGE', path: [name], value, oldValue };
  });
}

function changeOf(change: Difference): FieldChange {
  const old = change.type === 'CREATE' ? {} : { before: change.oldValue as unknown };
  const now = change.type === 'REMOVE' ? {} : { after: change.value as unknown };
  return { path: [...change.path], kind: kinds[change.type], ...old, ...now };
}

const kinds = { CREATE: 'added', REMOVE: 'removed', CHANGE: 'changed' } as const;

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function byPath(a: FieldChange['path'], b: FieldChange['path']): number {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const [left, right] = [a[at] ?? '', b[at] ?? ''];
    if (left === right) continue;
    return typeof left === 'number' && typeof right === 'number' ? left - right : byText(String(left), String(right));
  }
  return a.length - b.length;
}

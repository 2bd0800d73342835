/**
 * Workflows as tools: the active versions that opted in (settings.mcp), each with the schema of its inputs. Which they are is found by one
 * query; what they take is in their plans, which the process keeps.
 */
import type { Plan } from '@automateos/shared/engine/plan';
import { isJsonObject, type JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { LiveTrigger } from '@automateos/shared/model/workflow';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { asDocument } from '../engine/as-document.ts';

export type WorkflowTool = {
  readonly name: string;
  /** The workflow's name. */
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonObject & { readonly type: 'object' };
  readonly readOnly: boolean;
  readonly workflowId: string;
  readonly version: number;
};

/** Of one organization; more would help no model. */
const toolLimit = 200;

/** By name. `taken`: names that are not to be had. */
export async function listWorkflowTools(
  app: App,
  principal: Principal,
  taken: ReadonlySet<string>,
): Promise<readonly WorkflowTool[]> {
  requirePermission(principal, 'workflows.read');
  const { org } = principal;
  const where = [['type', '==', 'mcp.tool'] as const];
  const rows = await app.store.query({ collection: paths.triggers(org), where, limit: toolLimit });
  const offers = rows.map(({ data }) => LiveTrigger.parse(data));
  const loaded = await Promise.all(
    offers.map(async (offer) => ({ offer, plan: await app.plans.load(org, offer.workflowId, offer.version, app.store) })),
  );
  const tools = loaded.flatMap(({ offer, plan }) => (plan === null ? [] : (toolOf(offer, plan) ?? [])));
  return withOwnNames(tools, taken).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** null where the input is no object: a model has no way to give anything else. */
function toolOf({ workflowId, version }: LiveTrigger, { definition }: Plan): WorkflowTool | null {
  const { mcp } = definition.settings;
  const schema = definition.inputs === undefined ? {} : asDocument(definition.inputs);
  if (mcp?.enabled !== true || (schema.type !== undefined && schema.type !== 'object')) return null;
  return {
    name: mcp.name ?? nameFrom(definition.name, workflowId),
    title: definition.name,
    description: mcp.description ?? definition.description ?? `Runs the workflow "${definition.name}".`,
    inputSchema: { ...schema, type: 'object', ...(isJsonObject(schema.properties) ? {} : { properties: {} }) },
    readOnly: mcp.readOnly ?? false,
    workflowId,
    version,
  };
}

/** Letters without their marks, digits, `_`; a name in another script gives nothing, and the id is taken. */
function nameFrom(workflowName: string, workflowId: string): string {
  const plain = workflowName
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 64);
  return plain === '' ? workflowId : plain;
}

/** Tools of one name all get a part of their id: none of them quietly becomes another one as workflows come and go. */
function withOwnNames(tools: readonly WorkflowTool[], taken: ReadonlySet<string>): readonly WorkflowTool[] {
  const count = new Map<string, number>();
  for (const { name } of tools) count.set(name, (count.get(name) ?? 0) + 1);
  return tools.map((tool) => {
    if (count.get(tool.name) === 1 && !taken.has(tool.name)) return tool;
    return { ...tool, name: `${tool.name.slice(0, 55)}_${tool.workflowId.slice(-8)}` };
  });
}

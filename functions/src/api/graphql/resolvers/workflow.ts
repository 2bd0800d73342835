/** Workflows: list, read, change, and what hangs below them. */
import type { WorkflowView } from '@automateos/shared/model/workflow-view';
import { readWorkflowUsage } from '../../../app/admin/read-usage.ts';
import { getBudget } from '../../../app/cost/budgets.ts';
import { estimateRun } from '../../../app/cost/estimate-run.ts';
import { listStoredExecutions } from '../../../app/executions/list-executions.ts';
import { listSchedules } from '../../../app/schedules/list-schedules.ts';
import { judgeDefinition } from '../../../app/workflows/definition-for.ts';
import { renderDefinition } from '../../../app/workflows/definition-text.ts';
import { diffVersions } from '../../../app/workflows/diff-versions.ts';
import { getDraft, getDraftOf, listDrafts } from '../../../app/workflows/draft.ts';
import { exportWorkflows } from '../../../app/workflows/export-workflows.ts';
import { getWorkflow } from '../../../app/workflows/get-workflow.ts';
import { listVersions, listWorkflows } from '../../../app/workflows/list-workflows.ts';
import { presentDraftSummary, presentWorkflow } from '../../rest/present-workflow.ts';
import { connect } from '../connection.ts';
import type { QueryResolvers, WorkflowResolvers } from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import type { GraphqlContext } from '../graphql-context.ts';
import { orNull } from '../refusal.ts';
import type { VersionSource } from '../sources.ts';
import { estimateChoice } from './cost.ts';
import { presentListed } from './listed-execution.ts';

export async function workflowOf(context: GraphqlContext, id: string): Promise<WorkflowView | null> {
  const workflow = await context.loaders.workflow.load(id);
  return workflow === null ? null : presentWorkflow(context.app.settings.publicUrl, workflow);
}

async function versionOf(context: GraphqlContext, workflowId: string, version: number | null): Promise<VersionSource | null> {
  if (version === null) return null;
  const { loaders } = context;
  const [workflow, found] = await Promise.all([loaders.workflow.load(workflowId), loaders.version.load({ workflowId, version })]);
  if (found === null) return null;
  return { version: found, ...(workflow === null ? {} : { workflow }) };
}

export const workflowQueries: QueryResolvers = {
  workflow: (_, { id }, context) => workflowOf(context, id),
  workflows: (_, { search, active, ...page }, context) => {
    const { app, principal } = context;
    const filter = given({ search, active });
    return connect(context, page, {
      bind: ['workflows', search ?? '', String(active ?? undefined)],
      read: (request) => listWorkflows(app, principal, { ...request, ...filter }),
      present: (workflow) => presentWorkflow(app.settings.publicUrl, workflow),
    });
  },
  validateDefinition: async (_, { definition }, { app, principal }) => {
    const { valid, problems } = await judgeDefinition(app, principal, definition);
    return { valid, problems: problems.map(presentProblem) };
  },
  exportWorkflows: (_, { ids, format }, { app, principal }) => exportWorkflows(app, principal, { format, ...given({ ids }) }),
};

export function presentProblem({
  path,
  code,
  message,
  suggestion,
}: {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string | undefined;
}) {
  return { path, code, message, suggestion: suggestion ?? null };
}

export const workflowFields: WorkflowResolvers = {
  latestVersionNumber: ({ latestVersion }) => latestVersion,
  activeVersionNumber: ({ activeVersion }) => activeVersion,
  triggers: ({ triggers }) =>
    triggers.map(({ nodeId, type, url, testUrl }) => ({ nodeId, type, url: url ?? null, testUrl: testUrl ?? null })),
  latestVersion: ({ id, latestVersion }, _, context) => versionOf(context, id, latestVersion),
  activeVersion: ({ id, activeVersion }, _, context) => versionOf(context, id, activeVersion),
  version: ({ id }, { number }, context) => versionOf(context, id, number),
  versions: async ({ id }, page, context) => {
    const { app, principal } = context;
    const workflow = await context.loaders.workflow.load(id);
    return connect(context, page, {
      bind: ['versions', id],
      read: (request) => listVersions(app, principal, id, request),
      present: (version): VersionSource => ({ version, ...(workflow === null ? {} : { workflow }) }),
    });
  },
  draft: ({ id }, { userId }, { app, principal }) =>
    orNull(() => (userId == null ? getDraft(app, principal, id) : getDraftOf(app, principal, id, userId))),
  drafts: async ({ id }, _, { app, principal }) =>
    (await listDrafts(app, principal, id)).map((summary) => {
      const { rev, baseVersion, outdated, updatedAt, updatedBy } = presentDraftSummary(summary);
      return { revision: rev, baseVersion, outdated, updatedAt, updatedBy };
    }),
  diff: ({ id }, between, { app, principal }) => orNull(() => diffVersions(app, principal, { workflowId: id, ...between })),
  executions: ({ id }, { status, from, to, ...page }, context) => {
    const { app, principal } = context;
    const filter = given({ status, from, to });
    return connect(context, page, {
      bind: ['executions', id, status ?? '', from ?? '', to ?? ''],
      read: (request) => listStoredExecutions(app, principal, { ...request, ...filter, workflowId: id }),
      present: (listed) => presentListed(context, listed),
    });
  },
  schedules: async ({ id }, { runs }, { app, principal }) => {
    const listed = await listSchedules(app, principal, { workflowId: id, runs: Math.min(Math.max(runs, 1), 100) });
    return listed.map(({ schedule, active, nextRuns }) => {
      const { nodeId, version, cron, timeZone, jitterMs, overlap, missed, lastAt } = schedule;
      return { nodeId, version, active, cron, timeZone, jitterMs, overlap, missed, nextRuns, lastAt };
    });
  },
  budget: ({ id }, _, { app, principal }) => getBudget(app, principal, id),
  usage: async ({ id }, range, { app, principal }) => {
    const { from, to, totals, days, months } = await readWorkflowUsage(app, principal, id, given(range));
    return { from, to, basis: app.pricing.basis, totals, months, days: days.map(({ date, ...counts }) => ({ date, counts })) };
  },
  estimate: ({ id }, { input }, { app, principal }) => estimateRun(app, principal, { ...estimateChoice(input), workflowId: id }),
  export: ({ id }, { format, version }, { app, principal }) =>
    orNull(async () => {
      const found = await getWorkflow(app, principal, id, version ?? undefined);
      return renderDefinition(found.version.definition, found.version.source, format);
    }),
};

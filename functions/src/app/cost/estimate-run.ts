/**
 * Prices a run before it starts: by walking the plan as the engine would, and by what the last executions of the version have cost. What
 * had to be assumed on the way is said in words.
 */
import { type Kept, priceUsage, roundCost } from '@automateos/shared/cost/price-usage';
import type { Counts } from '@automateos/shared/cost/usage-counts';
import { type Plan, type PlanNode, planNode } from '@automateos/shared/engine/plan';
import { AppError } from '@automateos/shared/model/app-error';
import type { EstimateChoice, EstimateView } from '@automateos/shared/model/estimate';
import type { JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { EvaluationScope } from '@automateos/shared/ports/evaluator';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { chooseTrigger } from '../engine/choose-trigger.ts';
import { requireTypes } from '../engine/missing-types.ts';
import { readWorkflow } from '../workflows/read-workflow.ts';
import { costHistory, percentile } from './cost-history.ts';
import { type Assumptions, type DryRun, dryRun, TooLong } from './dry-run.ts';
import { keptMonths } from './price-execution.ts';

/** Instance time by experience (bench/cost.bench.ts): of a step that touches the world, of one that computes, of a request. */
const time = { effectMs: 7, pureMs: 0.3, requestMs: 5 };
const usual = { items: 10, rounds: 10 };
const mostSteps = 50_000;
const bytes = { execution: 2_700, branch: 900, step: 420 };

/** Throws NOT_FOUND, NODE_TYPE_MISSING, TRIGGER_REQUIRED, and INVALID_PARAMS for what is too long to walk. */
export async function estimateRun(
  app: App,
  principal: Principal,
  { workflowId, ...choice }: EstimateChoice & { readonly workflowId: string },
): Promise<EstimateView> {
  requirePermission(principal, 'workflows.read');
  const { org } = principal;
  const { workflow } = await readWorkflow(app, org, workflowId);
  const version = choice.version ?? workflow.activeVersion ?? workflow.latestVersion;
  const plan = await app.plans.load(org, workflow.id, version);
  if (!plan) throw new AppError('NOT_FOUND', { what: 'version', id: `${version} of workflow ${workflowId}` });
  requireTypes(plan);
  const said: string[] = [];
  const lengths = await loopLengths(app, plan, choice, said);
  const variables = await app.store.count({ collection: paths.variables(org) });
  const assume: Assumptions = {
    ...{
      trigger: chooseTrigger(plan, choice.triggerId, 'manual'),
      journalSteps: app.settings.journalSteps,
      variables,
      mostSteps,
    },
    lengthOf: (node) => lengths.get(node.id) ?? 0,
    references: (node) => ({ ...app.evaluator.references(node.params), constant: isConstant(node) }),
    readsOf,
    breathe: () => app.clock.sleep(0),
    portOf: (node) => node.defaultPort,
  };
  const expected = await walk(plan, assume);
  const dearest = await walk(plan, { ...assume, portOf: dearestPort(plan) });
  const priced = (run: DryRun) => price(app, plan, run, choice.assume?.stepMs ?? time.effectMs);
  const history = await costHistory(app, org, plan);
  const most = Math.max(priced(expected).microUsd, priced(dearest).microUsd);
  const ofPlan = priced(expected);
  const microUsd = history?.microUsd ?? [];
  const byPlan = {
    microUsd: spread(ofPlan.microUsd, most),
    steps: spread(expected.steps, Math.max(expected.steps, dearest.steps)),
  };
  const byHistory = history && { microUsd: percentiles(history.microUsd), steps: percentiles(history.steps) };
  const mean = history ? microUsd.reduce((sum, each) => sum + each, 0) / microUsd.length : ofPlan.microUsd;
  const runs = choice.runsPerMonth;
  return {
    ...{ workflowId: workflow.id, version, basis: history ? 'history' : 'plan', perRun: byHistory ?? byPlan },
    plan: { ...ofPlan, steps: expected.steps },
    executions: microUsd.length,
    perMonth: runs === undefined ? null : { runs, microUsd: Math.round(mean * runs) },
    assumptions: [...said, ...assumptions(plan, choice, history !== null)],
  };
}

async function walk(plan: Plan, assume: Assumptions): Promise<DryRun> {
  try {
    return await dryRun(plan, assume);
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    throw new AppError('INVALID_PARAMS', { reason: `A run of ${error.message} is not walked: assume fewer items or rounds.` });
  }
}

function price(app: App, plan: Plan, run: DryRun, effectMs: number) {
  const { pricing, compute } = app;
  const ms = run.effects * effectMs + (run.steps - run.effects) * time.pureMs + run.counts.i * time.requestMs;
  const counts: Counts = { ...run.counts, c: ms * 1e3 * compute.vcpus, m: ms * compute.memoryMib };
  const documentBytes = bytes.execution + run.branches * bytes.branch + run.steps * bytes.step;
  const kept: Kept = { documentBytes, months: keptMonths(app, plan) };
  return roundCost(priceUsage(counts, kept, pricing), pricing.basis, pricing);
}

/** By the input where it says, as assumed where it does not. */
async function loopLengths(app: App, plan: Plan, choice: EstimateChoice, said: string[]): Promise<ReadonlyMap<string, number>> {
  const lengths = new Map<string, number>();
  const input = (choice.input ?? {}) as JsonValue; // parsed from JSON
  const scope: EvaluationScope = { input, steps: new Map(), vars: {}, execution: {} };
  for (const node of plan.nodes.values()) {
    if (node.container === 'while') {
      const rounds = choice.assume?.rounds ?? usual.rounds;
      lengths.set(node.id, rounds);
      said.push(`${node.id} goes round ${rounds} times`);
    }
    if (node.container !== 'for-each') continue;
    const items = node.params.items ?? null;
    const { steps, vars } = app.evaluator.references(items);
    const known = steps.length === 0 && !vars ? await app.evaluator.resolve(items, scope) : null;
    const list = known?.ok && Array.isArray(known.value) ? known.value : null;
    const count = list?.length ?? choice.assume?.items ?? usual.items;
    lengths.set(node.id, count);
    said.push(list ? `${node.id} goes through ${count} items, as the input says` : `${node.id} goes through ${count} items`);
  }
  return lengths;
}

function isConstant(node: PlanNode): boolean {
  const plain = Object.entries(node.params).filter(([name]) => !node.rawParams.includes(name));
  return !JSON.stringify(plain).includes('{{');
}

/** By id, or by name after a look for the id. */
function readsOf(node: PlanNode): number {
  if (node.type === 'flow.call') return String(node.params.workflow).startsWith('wf_') ? 1 : 3;
  return node.credential?.startsWith('crd_') ? 1 : 2;
}

/** The port behind which most can follow. */
function dearestPort(plan: Plan): (node: PlanNode) => string {
  const memo = new Map<string, number>();
  const behind = (id: string): number => {
    const known = memo.get(id);
    if (known !== undefined) return known;
    memo.set(id, 0);
    const { out, effect } = planNode(plan, id);
    const own = effect === 'pure' ? 1 : 10;
    const size = own + out.reduce((sum, edge) => sum + (edge.to === '$end' ? 0 : behind(edge.to)), 0);
    memo.set(id, size);
    return size;
  };
  return (node) => {
    const ports = new Map<string, number>();
    for (const { port, to } of node.out)
      if (port !== 'error' && port !== '*' && to !== '$end') ports.set(port, (ports.get(port) ?? 0) + behind(to));
    const [best] = [...ports].sort(([, a], [, b]) => b - a);
    return best?.[0] ?? node.defaultPort;
  };
}

function spread(expected: number, most: number) {
  return { p50: expected, p90: most, p99: most };
}

function percentiles(values: readonly number[]) {
  return { p50: percentile(values, 0.5), p90: percentile(values, 0.9), p99: percentile(values, 0.99) };
}

function assumptions(plan: Plan, choice: EstimateChoice, hasHistory: boolean): string[] {
  const stepMs = choice.assume?.stepMs ?? time.effectMs;
  const nodes = [...plan.nodes.values()];
  return [
    hasHistory
      ? 'The percentiles are of the last executions of this version that have ended; the items are of the plan'
      : 'By the plan: p50 leaves every step by its first port, p90 and p99 by the port behind which most can follow',
    'Every step of the plan succeeds at its first try; branches that meet at a join in the same moment read some documents again',
    `A step that touches the world takes ${stepMs} ms of an instance, its share where several run at a time`,
    'List prices; free tiers are not deducted, nor are sign-in, looking at executions, the sweep and outgoing traffic counted',
    ...(nodes.some(({ type }) => type === 'flow.call') ? ['Called workflows are executions of their own and not in it'] : []),
    ...(nodes.some(({ type }) => type === 'trigger.schedule')
      ? ['A schedule with a job of its own costs $0.10 a month beside']
      : []),
  ];
}

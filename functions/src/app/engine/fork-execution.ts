/**
 * Fork: a new execution that takes over the finished steps before a node and runs on from there. No branch is copied: the engine answers
 * a taken-over step as if it were pure, so skips, joins and the end fall out of the same code.
 */
import type { Plan } from '@automateos/shared/engine/plan';
import { planNode } from '@automateos/shared/engine/plan';
import { seedableNodes } from '@automateos/shared/engine/seedable';
import { AppError } from '@automateos/shared/model/app-error';
import type { Step } from '@automateos/shared/model/branch';
import type { Execution } from '@automateos/shared/model/execution';
import type { JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { StoredValue } from '@automateos/shared/model/stored-value';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { type Meter, startMeter, usageAhead } from '../cost/meter.ts';
import { meterPorts } from '../cost/meter-ports.ts';
import { requireBudget } from '../cost/require-budget.ts';
import { spendWrites } from '../cost/spend.ts';
import { knownEndpoints } from '../outgoing-webhooks/read-endpoints.ts';
import { executionStarted } from '../telemetry/execution-events.ts';
import { announce } from './announce.ts';
import { asDocument } from './as-document.ts';
import { checkInput } from './check-input.ts';
import { requireTypes } from './missing-types.ts';
import { newExecution } from './new-execution.ts';
import { planOf } from './plan-of.ts';
import { readExecution } from './read-execution.ts';
import { refOf } from './run.ts';
import { admit } from './slots.ts';
import { allSteps, loadStoredValue, storeBlob, storeValue } from './stored-values.ts';

export type ForkRequest = {
  readonly executionId: string;
  /** The first step to run again; absent: go on from what has not finished. */
  readonly nodeId?: string | undefined;
  readonly input?: JsonValue | undefined;
  readonly version?: number | undefined;
  /** As what it stands in the audit log: a retry on another version is a fork, too. */
  readonly action?: 'execution.fork' | 'execution.retry';
};

export type Forked = {
  readonly executionId: string;
  readonly forkedFrom: { readonly executionId: string; readonly nodeId: string };
};

/** Of the steps in one document, which the largest step more may come on top of: well below 1 MiB. */
const seedDocumentBytes = 200 * 1024;
/** All of them are created in one commit, for which Firestore takes 10 MiB. Where that would be close, values go into blobs. */
const seedsBytes = 4 * 1024 * 1024;
const spillsAboveChars = 1_000;

export async function forkExecution(app: App, principal: Principal, request: ForkRequest): Promise<Forked> {
  requirePermission(principal, 'executions.control');
  const meter = startMeter(app.compute);
  try {
    return await forkMetered({ app: meterPorts(app, meter.counts), plain: app, meter }, principal, request);
  } finally {
    meter.share.leave();
  }
}

/** `plain` is not counted: the check of budgets is not the execution's to pay. */
type Counted = { readonly app: App; readonly plain: App; readonly meter: Meter };

async function forkMetered({ app, plain, meter }: Counted, principal: Principal, request: ForkRequest): Promise<Forked> {
  const { org } = principal;
  const { data: source } = await readExecution(app, org, request.executionId);
  const plan = await planOf(app, source);
  const target = request.version === undefined ? plan : await planOf(app, source, request.version);
  requireTypes(target);
  if (request.nodeId !== undefined) checkNode(target, request.nodeId);
  const trigger = source.trigger.nodeId;
  if (!target.nodes.has(trigger)) throw invalid(`Version ${target.version} has no trigger ${trigger}`);
  const input = request.input === undefined ? await loadStoredValue(app, source, plan, source.input) : request.input;
  if (request.input !== undefined) await checkInput(target, input, 'manual');
  const spendUnit = await requireBudget(plain, org, source.workflowId);
  await knownEndpoints(plain, org);
  const id = app.ids.make('exe');
  const steps = await seedSteps(app, source, { plan, target, from: request.nodeId ?? null, id });
  const forkedFrom = { executionId: source.id, nodeId: request.nodeId ?? trigger };
  const documents = chunks(steps).map((part) => ({ steps: part }));
  const beginning = await newExecution(app, {
    org,
    id,
    plan: target,
    trigger: { kind: 'fork', nodeId: trigger, by: principal.userId },
    input,
    forkedFrom,
    seeds: documents.length,
    spendUnit,
  });
  const { root, told } = beginning;
  const execution = { ...beginning.execution, response: await seededResponse(app, source, { plan, target, steps, id }) };
  const audit = auditWrite(
    app,
    principal,
    request.action ?? 'execution.fork',
    { kind: 'execution', id: source.id },
    { executionId: id },
  );
  const seeds: Write[] = documents.map((data, index) => ({
    kind: 'create',
    path: paths.seed(org, id, index),
    data: asDocument(data),
  }));
  const more = [...seeds, ...told.writes, audit];
  if (!(await admit(app, target, { execution, root, meter }, more))) {
    const count = more.length + 2;
    const usage = usageAhead(meter, { writes: count, created: count, publishes: 1 + told.hints, tasks: 0, last: true });
    await app.store.commit([
      { kind: 'create', path: paths.execution(org, id), data: asDocument(execution) },
      { kind: 'create', path: paths.branch(org, id, root.id), data: asDocument({ ...root, usage }) },
      ...more,
      ...spendWrites(app, { execution, branch: root, after: usage, room: 100 }),
    ]);
    await announce(app, root.pool, [refOf(root)]);
  }
  executionStarted(app, execution);
  await told.announce();
  return { executionId: id, forkedFrom };
}

function checkNode(plan: Plan, nodeId: string): void {
  if (!plan.nodes.has(nodeId)) throw invalid(`Version ${plan.version} has no step ${nodeId}`);
  const { parent } = planNode(plan, nodeId);
  if (parent !== '') throw invalid(`${nodeId} is in the body of ${parent}; a loop is one step here: fork from ${parent}`);
}

function invalid(reason: string): AppError {
  return new AppError('INVALID_PARAMS', { reason });
}

async function seedSteps(
  app: App,
  source: Execution,
  { plan, target, from, id }: { plan: Plan; target: Plan; from: string | null; id: string },
): Promise<readonly Step[]> {
  const finished = new Map<string, Step>();
  // what was undone cannot be taken over
  if (source.compensated) return [];
  for (const step of await allSteps(app, source)) {
    if (step.scope === '' && (step.status === 'succeeded' || step.handled)) finished.set(step.node, step);
  }
  const wanted = seedableNodes({ source: plan, target, from, finished: new Set(finished.keys()) });
  const taken = [...finished].filter(([node]) => wanted.has(node)).map(([, step]) => step);
  const spill = taken.reduce((sum, step) => sum + stepBytes(step), 0) > seedsBytes;
  // The fork keeps its own copies: retention deletes each execution with its blobs.
  const copy = (stored: StoredValue, name: string) =>
    copyValue(app, source, plan, stored, { to: { org: source.org, id }, name: `seed.${name}`, spill });
  const steps: Step[] = [];
  for (const step of taken) {
    // What the step cost and whom it troubled is the source's; so are its logs and earlier tries, where there is much to take.
    const { cpuUs: _, deadLetter: __, logs, tries, ...kept } = step;
    const { node, input, output } = kept;
    steps.push({
      ...kept,
      ...(!spill && logs && { logs }),
      ...(!spill && tries && { tries }),
      ...(output && { output: await copy(output, `${node}.out`) }),
      ...(input && { input: await copy(input, `${node}.in`) }),
    });
  }
  return steps;
}

/** A flow.respond that is taken over has answered: its answer is the fork's, too. */
async function seededResponse(
  app: App,
  source: Execution,
  { plan, target, steps, id }: { plan: Plan; target: Plan; steps: readonly Step[]; id: string },
): Promise<Execution['response']> {
  if (!steps.some((step) => planNode(target, step.node).type === 'flow.respond')) return null;
  const { org } = source;
  // The answer was stored with its step: who has seen the step finds the answer, but only by looking after it.
  const { response } = (await readExecution(app, org, source.id)).data;
  if (!response) return null;
  const copy = { to: { org, id }, name: 'seed.response', spill: false };
  return { ...response, body: await copyValue(app, source, plan, response.body, copy) };
}

type Copy = { readonly to: { readonly org: string; readonly id: string }; readonly name: string; readonly spill: boolean };

async function copyValue(
  app: App,
  source: Execution,
  plan: Plan,
  stored: StoredValue,
  { to, name, spill }: Copy,
): Promise<StoredValue> {
  if (!('v' in stored)) return storeValue(app, to, name, await loadStoredValue(app, source, plan, stored));
  return spill && JSON.stringify(stored.v).length > spillsAboveChars ? storeBlob(app, to, name, stored.v) : stored;
}

function chunks(steps: readonly Step[]): readonly (readonly Step[])[] {
  const parts: Step[][] = [];
  let bytes = seedDocumentBytes;
  for (const step of steps) {
    if (bytes >= seedDocumentBytes) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(step);
    bytes += stepBytes(step);
  }
  return parts;
}

const stepBytes = (step: Step): number => Buffer.byteLength(JSON.stringify(step));

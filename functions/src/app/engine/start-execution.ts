/**
 * Starts an execution. When the promise resolves, the execution exists durably: its document and first branch were committed together
 * with the record of its idempotency key. Where this process may work, it runs the first branch itself, without a message.
 */
import type { Plan } from '@automateos/shared/engine/plan';
import { AppError } from '@automateos/shared/model/app-error';
import type { Definition } from '@automateos/shared/model/definition';
import { type Execution, type ExecutionTrigger, isTerminal } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Workflow } from '@automateos/shared/model/workflow';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { type Meter, startMeter } from '../cost/meter.ts';
import { meterPorts } from '../cost/meter-ports.ts';
import { requireBudget } from '../cost/require-budget.ts';
import { knownEndpoints } from '../outgoing-webhooks/read-endpoints.ts';
import { requireStartQuota } from '../quotas/require-quota.ts';
import { executionStarted } from '../telemetry/execution-events.ts';
import { readWorkflow } from '../workflows/read-workflow.ts';
import { asDocument } from './as-document.ts';
import type { CallerWrites } from './caller-writes.ts';
import { checkInput } from './check-input.ts';
import { chooseTrigger } from './choose-trigger.ts';
import { newClaimId } from './claim.ts';
import { drive } from './drive.ts';
import { requireTypes } from './missing-types.ts';
import { newExecution } from './new-execution.ts';
import { draftPath } from './plan-cache.ts';
import { createRun, type Run } from './run.ts';
import { admit } from './slots.ts';

const dedupeDays = 7;
/** How long whoever starts an execution may compute for it before the answer. */
const preludeMs = 50;

/** The key as the caller wrote it, for messages. */
export type SentKey = { readonly header: string; readonly key: string };

export type StartRequest = {
  readonly workflowId: string;
  /** Default: the active version, else the newest. */
  readonly version?: number | undefined;
  readonly triggerId?: string | undefined;
  readonly input: JsonValue;
  /** Runs this definition instead of a version (test URLs, "run draft"). */
  readonly draft?: Definition | undefined;
  readonly trigger: Omit<ExecutionTrigger, 'nodeId'>;
  /** One (organization, key) starts one execution for 7 days; the same key with another digest is an error. */
  readonly dedupe?: { readonly key: string; readonly digest: string; readonly sent?: SentKey | undefined } | undefined;
  /** Already read by the caller (webhooks). */
  readonly workflow?: Workflow;
  readonly plan?: Plan;
  /** Has counted what the caller read on its way here; it is left when the start is over. */
  readonly meter?: Meter;
};

export type Started = {
  readonly executionId: string;
  readonly duplicate: boolean;
  /** The execution as this process last knew it, once its part of the work is done; null where another process does it. */
  readonly worked: Promise<Execution | null>;
};

export async function startExecution(app: App, principal: Principal, request: StartRequest): Promise<Started> {
  requirePermission(principal, 'executions.start');
  const meter = request.meter ?? startMeter(app.compute);
  const counted = {
    app: meterPorts(app, meter.counts),
    meter,
    requireBudget: async () => {
      await requireStartQuota(app, principal.org);
      await knownEndpoints(app, principal.org);
      return requireBudget(app, principal.org, request.workflowId);
    },
  };
  const started = await startMetered(counted, principal, request).catch((error: unknown) => {
    meter.share.leave();
    throw error;
  });
  if (started !== 'exists') return started;
  const { meter: _, ...again } = request;
  return startExecution(app, principal, again);
}

/** What the check reads is not the execution's to pay: its answer serves every start of a minute. */
type Counted = { readonly app: App; readonly meter: Meter; readonly requireBudget: () => Promise<Execution['spendUnit']> };

/** `exists`: documents of an earlier start with the same key were met; the next look finds its answer. */
async function startMetered(
  { app, meter, requireBudget }: Counted,
  principal: Principal,
  request: StartRequest,
): Promise<Started | 'exists'> {
  const { org } = principal;
  const ended = <T>(answer: T): T => {
    meter.share.leave();
    return answer;
  };
  const plan = request.plan ?? (await planFor(app, org, request));
  requireTypes(plan);
  const nodeId = chooseTrigger(plan, request.triggerId, request.trigger.kind);
  await checkInput(plan, request.input, request.trigger.kind);
  const known = request.dedupe ? await duplicateOf(app, org, request.dedupe) : null;
  if (known?.executionId) return ended({ executionId: known.executionId, duplicate: true, worked: Promise.resolve(null) });
  const spendUnit = await requireBudget();
  const id = app.ids.make('exe');
  const trigger: ExecutionTrigger = { ...request.trigger, nodeId };
  const beginning = await newExecution(app, { org, id, plan, trigger, input: request.input, spendUnit });
  const { told } = beginning;
  const firstWrites: Write[] = [...told.writes];
  if (request.dedupe && app.settings.plantedBug !== 'key-forgotten')
    firstWrites.push(dedupeWrite(app, org, request.dedupe, id, known?.expired));
  if (request.draft)
    firstWrites.push({ kind: 'create', path: draftPath(org, id), data: { definition: asDocument(request.draft) } });
  const admitted = await admit(app, plan, { ...beginning, meter }, firstWrites);
  if (admitted === 'exists') return ended('exists');
  if (admitted) executionStarted(app, beginning.execution);
  if (admitted) await told.announce();
  if (admitted) return ended({ executionId: id, duplicate: false, worked: Promise.resolve(null) });
  const leave = app.workers.enter();
  const run = createRun({
    app,
    meter,
    plan,
    claimId: newClaimId(app),
    execution: beginning.execution,
    executionVersion: null,
    branch: { ...beginning.root, status: 'running' },
    version: null,
    firstWrites,
    preludeUntil: leave ? null : app.clock.now() + preludeMs,
  });
  if (!leave) return ended(await prelude(app, run, told));
  const outcome = await firstCommit(app, run, told, () => ended(leave()));
  if (outcome.kind === 'exists') return 'exists';
  return { executionId: id, duplicate: false, worked: outcome.worked };
}

async function planFor(app: App, org: string, request: StartRequest): Promise<Plan> {
  if (request.draft) return app.plans.compileDraft(request.workflowId, request.draft);
  const workflow = request.workflow ?? (await readWorkflow(app, org, request.workflowId)).workflow;
  const version = request.version ?? workflow.activeVersion ?? workflow.latestVersion;
  const plan = await app.plans.load(org, workflow.id, version, app.store);
  if (!plan) throw new AppError('NOT_FOUND', { what: 'version', id: `${version} of workflow ${workflow.id}` });
  return plan;
}

type FirstCommit = { readonly kind: 'started'; readonly worked: Promise<Execution | null> } | { readonly kind: 'exists' };

/** Drives the first branch in the background and resolves at its first commit. */
function firstCommit(app: App, run: Run, told: CallerWrites, leave: () => void): Promise<FirstCommit> {
  return new Promise((resolve, reject) => {
    let committed = false;
    let finish: (execution: Execution | null) => void = () => {};
    const worked = new Promise<Execution | null>((settle) => {
      finish = settle;
    });
    run.onFirstCommit = () => {
      committed = true;
      executionStarted(app, run.execution.data);
      void told.announce(); // hints: they never fail
      resolve({ kind: 'started', worked });
    };
    drive(run)
      .then(
        (ended) => {
          if (committed) return;
          // Every drive commits at least once; one that did not met documents of an earlier start with the same key.
          resolve(ended === 'ok' ? { kind: 'started', worked } : { kind: 'exists' });
        },
        (error: unknown) => {
          if (!committed) reject(error);
          app.logger.error('branch-failed', { execution: run.branch.executionId, branch: run.branch.id }, error);
        },
      )
      .finally(() => {
        leave();
        finish(run.execution.data);
      });
  });
}

/** No worker here: what comes before the first step that needs one is computed, stored with the execution, and announced. */
async function prelude(app: App, run: Run, told: CallerWrites): Promise<Started | 'exists'> {
  const { executionId } = run.branch;
  const started = { executionId, duplicate: false, worked: Promise.resolve(null) };
  if (app.settings.plantedBug === 'promise-before-commit') return started;
  let committed = false;
  run.onFirstCommit = () => {
    committed = true;
    executionStarted(app, run.execution.data);
  };
  try {
    const outcome = await drive(run);
    if (outcome === 'exists') return 'exists';
  } catch (error) {
    if (!committed) throw error;
    app.logger.error('branch-failed', { execution: executionId, branch: run.branch.id }, error);
  }
  await told.announce();
  const { data } = run.execution;
  return isTerminal(data.status) ? { ...started, worked: Promise.resolve(data) } : started;
}

type Dedupe = NonNullable<StartRequest['dedupe']>;

type Known = { readonly executionId?: string; readonly expired?: string };

async function duplicateOf(app: App, org: string, dedupe: Dedupe): Promise<Known | null> {
  const there = await app.store.get(paths.idempotency(org, dedupe.key));
  if (!there) return null;
  if (String(there.data.expiresAt) <= toInstant(app.clock.now())) return { expired: there.version };
  if (there.data.digest !== dedupe.digest)
    throw new AppError('IDEMPOTENCY_MISMATCH', { ...(dedupe.sent ?? { header: 'The key', key: dedupe.key }) });
  return { executionId: String(there.data.executionId) };
}

function dedupeWrite(app: App, org: string, dedupe: Dedupe, executionId: string, expired: string | undefined): Write {
  const expiresAt = toInstant(app.clock.now() + dedupeDays * 86_400_000);
  const data = { kind: 'start', digest: dedupe.digest, executionId, expiresAt };
  const path = paths.idempotency(org, dedupe.key);
  return expired === undefined ? { kind: 'create', path, data } : { kind: 'update', path, data, version: expired };
}
